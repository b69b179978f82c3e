using Npgsql;

namespace Platform.Tests.Fixtures;

/// <summary>Databases with the platform's schema: copies of one that is migrated once per server.</summary>
public sealed partial class PostgresServer
{
    private static readonly SemaphoreSlim TemplateGate = new(1, 1);
    private static (PostgresCluster Cluster, string Database)? _template;

    /// <summary>Makes a database that is migrated and otherwise empty, and returns its connection string.</summary>
    public async Task<string> CreateMigratedDatabaseAsync()
    {
        var cluster = _cluster ?? throw new InvalidOperationException("The PostgreSQL fixture is not initialized.");
        await TemplateGate.WaitAsync();
        try
        {
            if (_template?.Cluster != cluster)
                _template = (cluster, await MigrateAsync(await cluster.CreateDatabaseAsync()));
            return await cluster.CreateDatabaseAsync(_template.Value.Database);
        }
        finally
        {
            TemplateGate.Release();
        }
    }

    // Without a pool: a template may have no sessions.
    private static async Task<string> MigrateAsync(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        await using var database = await TestDatabase.CreatePostgresAsync(builder.ConnectionString);
        return builder.Database!;
    }
}
