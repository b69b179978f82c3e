using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Platform.Databases;

/// <summary>
/// The server of managed databases as its administrator sees it. He never connects to a tenant's database: what a tenant has put there would run with his rights. All
/// names in the statements are made of ids, see <see cref="PostgresNames"/>.
/// </summary>
public sealed class PostgresAdministration : IAsyncDisposable
{
    private const int PoolSize = 10;

    private readonly NpgsqlDataSource? _server;
    private readonly ILogger<PostgresAdministration> _log;

    public PostgresAdministration(IOptions<DatabaseOptions> options, ILogger<PostgresAdministration> log)
    {
        _log = log;
        if (options.Value.PostgresConnection is not { Length: > 0 } text)
            return;
        Server = new NpgsqlConnectionStringBuilder(text) { MaxPoolSize = PoolSize, Enlist = false, ApplicationName = "platform" };
        _server = NpgsqlDataSource.Create(Server);
    }

    public bool IsConfigured => _server is not null;

    internal NpgsqlConnectionStringBuilder Server { get; } = [];

    /// <summary>Null when the server is as tenants need it; else what is missing.</summary>
    internal async Task<string?> CheckAsync(CancellationToken ct)
    {
        var (isSuper, createsDatabases, createsRoles) = (await ReadAsync(
            "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user", row => (row.GetBoolean(0), row.GetBoolean(1), row.GetBoolean(2)), [], ct))[0];
        var open = await ReadAsync(
            $"SELECT datname FROM pg_database WHERE datallowconn AND datname !~ '{PostgresNames.Pattern}' AND has_database_privilege('public', datname, 'CONNECT') ORDER BY datname",
            row => row.GetString(0),
            [],
            ct);
        var fault = isSuper ? "The administrator's role is a superuser"
            : !createsDatabases || !createsRoles ? "The administrator's role needs CREATEDB and CREATEROLE"
            : open.Count > 0 ? $"PUBLIC may connect to {string.Join(", ", open)}"
            : null;
        if (fault is not null)
            _log.LogError("The server for managed databases is not set up: {Fault}", fault);
        return fault;
    }

    internal async Task<string> VersionAsync(CancellationToken ct) => (await ReadAsync("SHOW server_version", row => row.GetString(0), [], ct))[0].Split(' ')[0];

    /// <summary>Makes the roles with these passwords, or gives the ones that there are what tenants may have taken from them.</summary>
    internal async Task EnsureRolesAsync(PostgresNames names, DatabaseCredentials credentials, int connections, CancellationToken ct)
    {
        foreach (var (role, password) in new[] { (names.Owner, credentials.Owner), (names.Reader, credentials.Reader) })
        {
            var there = await ReadAsync("SELECT 1 FROM pg_roles WHERE rolname = $1", row => row.GetInt32(0), [role], ct);
            var what = $"LOGIN CONNECTION LIMIT {connections} PASSWORD '{PostgresPassword.VerifierOf(password)}'";
            await ExecuteAsync(
                ct,
                there.Count > 0 ? $"ALTER ROLE {role} {what}" : $"CREATE ROLE {role} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS {what}",
                $"GRANT {role} TO CURRENT_USER");
        }
    }

    /// <summary>Makes an empty database, which nobody but its roles can ever connect to, in the place of one that may be there.</summary>
    internal async Task CreateAsync(PostgresNames names, string database, CancellationToken ct)
    {
        await DropDatabaseAsync(database, ct);
        await ExecuteAsync(
            ct,
            $"CREATE DATABASE {database} OWNER {names.Owner} TEMPLATE template0 ENCODING 'UTF8' ALLOW_CONNECTIONS false",
            $"REVOKE ALL ON DATABASE {database} FROM PUBLIC");
        await OpenAsync(names, database, ct);
    }

    /// <summary>Lets the roles connect, whatever the owner has done about it.</summary>
    internal Task OpenAsync(PostgresNames names, string database, CancellationToken ct) => ExecuteAsync(
        ct,
        $"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS true CONNECTION LIMIT -1 IS_TEMPLATE false",
        $"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {names.Owner}",
        $"GRANT CONNECT ON DATABASE {database} TO {names.Reader}");

    internal async Task<bool> ExistsAsync(string database, CancellationToken ct) =>
        (await ReadAsync("SELECT 1 FROM pg_database WHERE datname = $1", row => row.GetInt32(0), [database], ct)).Count > 0;

    internal async Task DropDatabaseAsync(string database, CancellationToken ct)
    {
        if (await ExistsAsync(database, ct))
            await ExecuteAsync(ct, $"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS false IS_TEMPLATE false", $"DROP DATABASE IF EXISTS {database} WITH (FORCE)");
    }

    internal async Task DropDatabasesAsync(string pattern, CancellationToken ct)
    {
        foreach (var database in await ReadAsync("SELECT datname FROM pg_database WHERE datname ~ $1", row => row.GetString(0), [pattern], ct))
            await DropDatabaseAsync(database, ct);
    }

    /// <summary>Removes all that bears the database's name.</summary>
    internal async Task RemoveAsync(PostgresNames names, CancellationToken ct)
    {
        foreach (var role in await RolesAsync($"^{names.Owner}(_ro)?$", ct))
            await ExecuteAsync(ct, $"GRANT {role} TO CURRENT_USER", $"ALTER ROLE {role} NOLOGIN");
        await DropDatabasesAsync($"^{names.Owner}(_|$)", ct);
        foreach (var role in await RolesAsync($"^{names.Owner}(_ro)?$", ct))
            await TryDropRoleAsync(role, ct);
    }

    /// <summary>Drops roles that could not be dropped when their database was.</summary>
    internal async Task DropLeftRolesAsync(int batch, CancellationToken ct)
    {
        var left = await ReadAsync(
            $"SELECT rolname FROM pg_roles WHERE rolname ~ '{PostgresNames.Pattern}' AND NOT rolcanlogin AND NOT EXISTS (SELECT FROM pg_database WHERE datdba = pg_roles.oid) ORDER BY random() LIMIT {batch}",
            row => row.GetString(0),
            [],
            ct);
        foreach (var role in left)
            await TryDropRoleAsync(role, ct);
    }

    /// <summary>Ends sessions on a database, or those of a role.</summary>
    internal Task EndSessionsAsync(string? database, string? role, CancellationToken ct) => ReadAsync(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE (datname = $1 OR usename = $2) AND pid <> pg_backend_pid()",
        row => row.GetBoolean(0),
        [(object?)database ?? DBNull.Value, (object?)role ?? DBNull.Value],
        ct);

    /// <summary>Ends one session, if it is still one of the database's roles.</summary>
    internal Task EndSessionAsync(PostgresNames names, int process, CancellationToken ct) => ReadAsync(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND usename IN ($2, $3)", row => row.GetBoolean(0), [process, names.Owner, names.Reader], ct);

    /// <summary>Bytes by name, of the databases that there are.</summary>
    internal async Task<IReadOnlyDictionary<string, long>> SizesAsync(IReadOnlyList<string> databases, CancellationToken ct) => (await ReadAsync(
        "SELECT datname, pg_database_size(oid) FROM pg_database WHERE datname = ANY ($1) AND has_database_privilege(oid, 'CONNECT')",
        row => (Name: row.GetString(0), Size: row.GetInt64(1)),
        [databases.ToArray()],
        ct)).ToDictionary(found => found.Name, found => found.Size);

    /// <summary>The roles that only read by default, since their database is too large.</summary>
    internal async Task<IReadOnlySet<string>> RestrictedAsync(CancellationToken ct) => (await ReadAsync(
        $"SELECT rolname FROM pg_roles WHERE rolname ~ '{PostgresNames.Pattern}' AND rolconfig @> ARRAY['default_transaction_read_only=on']", row => row.GetString(0), [], ct)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Lets the owner write by default, or not; of sessions that there are not.</summary>
    internal Task RestrictAsync(PostgresNames names, bool restricted, CancellationToken ct) => ExecuteAsync(
        ct, $"GRANT {names.Owner} TO CURRENT_USER", $"ALTER ROLE {names.Owner} {(restricted ? "SET default_transaction_read_only = on" : "RESET default_transaction_read_only")}");

    /// <summary>Runs the statements one by one; with <c>BEGIN</c> and <c>COMMIT</c> among them as one transaction.</summary>
    internal async Task ExecuteAsync(CancellationToken ct, params string[] statements)
    {
        await using var connection = await OpenAsync(ct);
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private Task<List<string>> RolesAsync(string pattern, CancellationToken ct) => ReadAsync("SELECT rolname FROM pg_roles WHERE rolname ~ $1", row => row.GetString(0), [pattern], ct);

    // Another tenant can give the role rights on what is his, and then it stays, without login, until he takes them back.
    private async Task TryDropRoleAsync(string role, CancellationToken ct)
    {
        try
        {
            await ExecuteAsync(ct, $"DROP ROLE IF EXISTS {role}");
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.DependentObjectsStillExist)
        {
            _log.LogWarning("The role {Role} of a deleted database cannot be dropped yet", role);
        }
    }

    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, object[] parameters, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        await using var rows = await command.ExecuteReaderAsync(ct);
        List<T> found = [];
        while (await rows.ReadAsync(ct))
            found.Add(read(rows));
        return found;
    }

    private ValueTask<NpgsqlConnection> OpenAsync(CancellationToken ct) =>
        (_server ?? throw new InvalidOperationException("No server for managed databases is configured")).OpenConnectionAsync(ct);
}
