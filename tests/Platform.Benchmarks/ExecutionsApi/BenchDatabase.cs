using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Platform.Tests.Fixtures;

namespace Platform.Benchmarks.ExecutionsApi;

/// <summary>An empty database for a platform, on SQLite in a folder of its own or on a PostgreSQL server of its own, and what a platform has to be told to use it.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bench-executions-");
    private readonly PostgresCluster? _cluster;
    private readonly string _connectionString;

    private BenchDatabase(PostgresCluster? cluster, string? database)
    {
        _cluster = cluster;
        _connectionString = database ?? $"Data Source={Path.Combine(_folder.FullName, "platform.db")}";
    }

    /// <summary><c>sqlite</c> or <c>postgres</c>.</summary>
    public string Provider => _cluster is null ? "sqlite" : "postgres";

    public bool IsSqlite => _cluster is null;

    public string ConnectionString => _connectionString;

    public string Folder => _folder.FullName;

    public static async Task<BenchDatabase> CreateAsync(bool onPostgres)
    {
        var cluster = onPostgres ? await PostgresCluster.StartAsync() : null;
        return new BenchDatabase(cluster, cluster is null ? null : await cluster.CreateDatabaseAsync());
    }

    public (string Key, string Value)[] Settings => [("Database:Provider", Provider), ("Database:ConnectionString", _connectionString)];

    public async Task<DbConnection> OpenAsync()
    {
        DbConnection connection = IsSqlite ? new SqliteConnection($"{_connectionString};Pooling=false") : new NpgsqlConnection($"{_connectionString};Pooling=false;Command Timeout=0");
        await connection.OpenAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.StopAsync();
        _folder.Delete(recursive: true);
    }
}
