using System.Data.Common;

using Azure.Core;
using Azure.Identity;

using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;

using Npgsql;

namespace Platform.Data;

/// <summary>
/// Where the platform's rows live: <c>Database:Provider</c> (<c>sqlite</c>, the default, or <c>postgres</c>) and <c>Database:ConnectionString</c>;
/// without one, <c>platform.db</c> in <c>Platform:DataDirectory</c> (<c>./data</c>). <c>Database:Authentication</c> is <c>password</c> (the default: what the
/// connection string says) or <c>entra</c> (the process's Entra identity, on Azure Database for PostgreSQL).
/// </summary>
public sealed class DatabaseSettings : IAsyncDisposable
{
    private readonly NpgsqlDataSource? _postgres;
    private readonly NpgsqlDataSource? _sessions;
    private readonly SqlitePool? _sqlite;

    public DatabaseSettings(IConfiguration configuration, TokenCredential? credential = null)
    {
        var provider = configuration["Database:Provider"] ?? "sqlite";
        IsSqlite = provider switch
        {
            "sqlite" => true,
            "postgres" => false,
            _ => throw new InvalidOperationException($"Database:Provider is '{provider}'; it must be sqlite or postgres."),
        };
        var connection = configuration["Database:ConnectionString"];
        if (IsSqlite)
        {
            ConnectionString = SqliteConnectionString(connection, configuration["Platform:DataDirectory"] ?? "data");
            _sqlite = new SqlitePool(ConnectionString);
            return;
        }

        ConnectionString = PostgresConnectionString(connection ?? throw new InvalidOperationException("Database:ConnectionString is needed for postgres."));
        credential = UsesEntra(configuration) ? credential ?? new DefaultAzureCredential() : null;
        _postgres = DataSource(ConnectionString, credential);
        _sessions = DataSource(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, KeepAlive = 30 }.ConnectionString, credential);
    }

    public bool IsSqlite { get; }

    public string ConnectionString { get; }

    /// <summary>The database file on SQLite.</summary>
    public string SqliteFile => new SqliteConnectionStringBuilder(ConnectionString).DataSource;

    internal NpgsqlDataSource Postgres => _postgres ?? throw new InvalidOperationException("The database is SQLite.");

    internal SqlitePool Sqlite => _sqlite ?? throw new InvalidOperationException("The database is PostgreSQL.");

    /// <summary>A connection outside any unit of work.</summary>
    internal Task<DbConnection> OpenAsync(CancellationToken ct) => OpenAsync(SqliteDurability.Full, ct);

    /// <summary>
    /// A connection for the relays. On SQLite the commits of its transactions need not reach the disk before they return (the next ordinary commit takes them along): what a relay
    /// does is done again after a power failure, and gives the same numbers, because there row ids are in the order of the commits.
    /// </summary>
    internal Task<DbConnection> OpenForRelayAsync(CancellationToken ct) => OpenAsync(SqliteDurability.Relaxed, ct);

    /// <summary>PostgreSQL: a connection whose end is the end of its session, for session locks and <c>LISTEN</c>.</summary>
    internal async Task<NpgsqlConnection> OpenSessionAsync(CancellationToken ct) =>
        await (_sessions ?? throw new InvalidOperationException("The database is SQLite.")).OpenConnectionAsync(ct);

    /// <summary>An instant as a parameter of a hand-written statement.</summary>
    internal object Instant(DateTimeOffset value) => IsSqlite ? UnixMicrosecondsConverter.ToMicroseconds(value) : UtcMillisecondsConverter.Truncate(value);

    /// <summary>A key as a parameter of a hand-written statement.</summary>
    internal object Key(Guid value) => IsSqlite ? value.ToString("D") : value;

    public async ValueTask DisposeAsync()
    {
        _sqlite?.Dispose();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        if (_sessions is not null)
            await _sessions.DisposeAsync();
    }

    private async Task<DbConnection> OpenAsync(SqliteDurability durability, CancellationToken ct)
    {
        if (_postgres is not null)
            return await _postgres.OpenConnectionAsync(ct);
        var connection = new SqlitePooledConnection(Sqlite, durability);
        connection.Open();
        return connection;
    }

    private static bool UsesEntra(IConfiguration configuration) => (configuration["Database:Authentication"] ?? "password") switch
    {
        "password" => false,
        "entra" => true,
        var other => throw new InvalidOperationException($"Database:Authentication is '{other}'; it must be password or entra."),
    };

    private static NpgsqlDataSource DataSource(string connectionString, TokenCredential? credential)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        if (credential is not null)
            EntraPassword.Use(builder, credential);
        return builder.Build();
    }

    private static string SqliteConnectionString(string? given, string directory)
    {
        var builder = new SqliteConnectionStringBuilder(given);
        if (builder.DataSource.Length == 0)
            builder.DataSource = Path.Combine(directory, "platform.db");
        builder.DataSource = Path.GetFullPath(builder.DataSource);
        Directory.CreateDirectory(Path.GetDirectoryName(builder.DataSource)!);
        return builder.ConnectionString;
    }

    private static string PostgresConnectionString(string given)
    {
        var builder = new NpgsqlConnectionStringBuilder(given) { NoResetOnClose = true, ApplicationName = "platform" };
        if (builder.MaxAutoPrepare == 0)
            builder.MaxAutoPrepare = 200;
        return builder.ConnectionString;
    }
}
