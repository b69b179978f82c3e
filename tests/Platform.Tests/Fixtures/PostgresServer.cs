namespace Platform.Tests.Fixtures;

/// <summary>
/// A real PostgreSQL for tests: <c>[Collection(PostgresServer.Collection)]</c> and a constructor parameter, or <c>IClassFixture&lt;PostgresServer&gt;</c>. All users share one server with fsync on, reached through a
/// unix socket; it starts with the first fixture and stops with the last. Missing binaries fail the tests.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    public const string Collection = "PostgreSQL";

    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static int s_users;
    private static PostgresCluster? s_cluster;

    public async Task InitializeAsync()
    {
        await Gate.WaitAsync();
        try
        {
            s_cluster ??= await PostgresCluster.StartAsync();
            s_users++;
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
            if (--s_users == 0 && s_cluster is { } cluster)
            {
                s_cluster = null;
                await cluster.StopAsync();
            }
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>Makes an empty database and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var cluster = s_cluster ?? throw new InvalidOperationException("The PostgreSQL fixture is not initialized.");
        return await cluster.CreateDatabaseAsync();
    }
}

[CollectionDefinition(PostgresServer.Collection)]
public sealed class PostgresDatabases : ICollectionFixture<PostgresServer>;
