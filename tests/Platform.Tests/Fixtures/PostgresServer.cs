namespace Platform.Tests.Fixtures;

/// <summary>
/// A real PostgreSQL for tests: <c>[Collection(PostgresServer.Collection)]</c> and a constructor parameter, or <c>IClassFixture&lt;PostgresServer&gt;</c>. All users share one server with fsync on, reached through a
/// unix socket; it starts with the first fixture, is replaced by a new one when nobody uses it and it holds many databases, and ends with the process. Missing binaries fail the tests.
/// </summary>
public sealed partial class PostgresServer : IAsyncLifetime
{
    public const string Collection = "PostgreSQL";

    private const int ManyDatabases = 100;

    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static int _users;
    private static PostgresCluster? _cluster;

    public async Task InitializeAsync()
    {
        await Gate.WaitAsync();
        try
        {
            _cluster ??= await StartAsync();
            _users++;
        }
        finally
        {
            Gate.Release();
        }
    }

    public async Task DisposeAsync()
    {
        await Gate.WaitAsync();
        try
        {
            if (--_users == 0 && _cluster is { Databases: >= ManyDatabases } cluster)
            {
                _cluster = null;
                await cluster.StopAsync();
            }
        }
        finally
        {
            Gate.Release();
        }
    }

    private static async Task<PostgresCluster> StartAsync()
    {
        var cluster = await PostgresCluster.StartAsync();
        cluster.EndWithThisProcess();
        return cluster;
    }

    /// <summary>Makes an empty database and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var cluster = _cluster ?? throw new InvalidOperationException("The PostgreSQL fixture is not initialized.");
        return await cluster.CreateDatabaseAsync();
    }
}

[CollectionDefinition(PostgresServer.Collection)]
public sealed class PostgresDatabases : ICollectionFixture<PostgresServer>;
