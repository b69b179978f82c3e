using System.Net;
using Npgsql;

using Platform.Tests.Fixtures;

namespace Platform.Tests.Databases;

/// <summary>
/// The platform with a server for managed databases beside it, set up as the operator's guide says: an administrator with CREATEDB and CREATEROLE who is no superuser, passwords for all,
/// and nobody else's database open to PUBLIC.
/// </summary>
public sealed class ManagedPostgres : IAsyncLifetime
{
    public const string Collection = "Managed PostgreSQL";

    private PostgresCluster _cluster = null!;

    internal PostgresCluster Cluster => _cluster;

    public PlatformApp App { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _cluster = await PostgresCluster.StartAsync(passwords: true);
        _cluster.EndWithThisProcess();
        await DatabaseServer.SetUpAsync(_cluster.ConnectionString("postgres"));
        App = await PlatformApp.StartAsync(settings: [("Databases:PostgresConnection", DatabaseServer.AdministratorOf(_cluster.ConnectionString("postgres"))), ("Databases:PostgresPublicHost", "db.example.com")]);
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await _cluster.StopAsync();
    }

    /// <summary>A user's client with a database of his.</summary>
    internal async Task<Tenant> StartAsync(string? initSql = null, int maxSizeMb = 100, int statementTimeoutMs = 30_000)
    {
        var client = new DatabaseClient(await App.CreateUserAsync());
        var made = (await client.CreateAsync(new { name = "main", engine = "postgresql", initSql, maxSizeMb, statementTimeoutMs })).Ok(HttpStatusCode.Created).Data;
        var (id, connection) = (made.GetProperty("id").GetGuid(), made.GetProperty("connection"));
        await Until.TrueAsync(async () => (await client.GetAsync(id)).Ok().Data.GetProperty("status").GetString() == "available", "the database is made", seconds: 60);
        return new Tenant(client, id, connection.GetProperty("username").GetString()!, connection.GetProperty("password").GetString()!);
    }

    /// <summary>The server checkpoints when it drops a database, so that on a busy machine it may take longer than the answer waits.</summary>
    internal static async Task DeleteAsync(DatabaseClient client, Guid id, string query = "")
    {
        (await client.DeleteAsync(id, query)).Ok();
        await Until.TrueAsync(async () => (await client.GetAsync(id)).Status == HttpStatusCode.NotFound, "the database is gone", seconds: 60);
    }

    /// <summary>Connects as a client would.</summary>
    internal async Task<NpgsqlConnection> ConnectAsync(string username, string password, string? database = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(_cluster.ConnectionString(database ?? username)) { Username = username, Password = password, Pooling = false };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    internal Task<NpgsqlConnection> ConnectAsync(Tenant tenant, string? database = null) => ConnectAsync(tenant.Username, tenant.Password, database);

    /// <summary>As the server's superuser.</summary>
    internal async Task<T> ReadAsync<T>(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_cluster.ConnectionString(database)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return await RunAsync<T>(connection, sql);
    }

    internal static async Task<T> RunAsync<T>(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    internal static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

internal sealed record Tenant(DatabaseClient Client, Guid Id, string Username, string Password)
{
    public Task<Answer> SqlAsync(string sql) => Client.SqlAsync(Id, sql);

    public Task<Answer> ReadAsync(string sql) => Client.QueryAsync(Id, new { sql, readOnly = true });

    public Task<string> ValueAsync(string sql) => Client.ValueAsync(Id, sql);
}

[CollectionDefinition(ManagedPostgres.Collection)]
public sealed class ManagedPostgresTests : ICollectionFixture<ManagedPostgres>;
