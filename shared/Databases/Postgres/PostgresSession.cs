using System.Globalization;
using Npgsql;

namespace Platform.Databases;

/// <summary>One connection for users' SQL: opened for one request and never used for another, so that nothing of it outlives the request.</summary>
internal sealed class PostgresSession : IAsyncDisposable
{
    private const int LockTimeoutMs = 5000;
    private const int ConnectSeconds = 5;
    private const int CancelMs = 1000;
    private const int MostNotices = 50;
    private const int LongestNotice = 1000;

    private readonly NpgsqlDataSource _source;
    private readonly List<string> _notices = [];

    private PostgresSession(NpgsqlDataSource source, NpgsqlConnection connection)
    {
        (_source, Connection) = (source, connection);
        Process = connection.ProcessID;
        connection.Notice += (_, notice) => Note(notice.Notice.MessageText);
    }

    public NpgsqlConnection Connection { get; }

    /// <summary>The server's process.</summary>
    public int Process { get; }

    /// <summary>What the server said beside the results, as far as it is not too much.</summary>
    public IReadOnlyList<string> Notices => _notices;

    /// <summary>Connects as a role of a tenant.</summary>
    /// <param name="limit">Longest time of a statement.</param>
    public static async Task<PostgresSession> OpenAsync(NpgsqlConnectionStringBuilder server, string database, string role, string password, TimeSpan limit, CancellationToken ct)
    {
        var source = SourceOf(server, database, role, password, limit);
        try
        {
            return new PostgresSession(source, await source.OpenConnectionAsync(ct));
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    public async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, Connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await _source.DisposeAsync();
    }

    private static NpgsqlDataSource SourceOf(NpgsqlConnectionStringBuilder server, string database, string role, string password, TimeSpan limit)
    {
        var milliseconds = ((long)limit.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            Database = database,
            Username = role,
            Password = password,
            Pooling = false,
            Enlist = false,
            Timeout = ConnectSeconds,
            CommandTimeout = 0,
            CancellationTimeout = CancelMs,
            Options = $"-c statement_timeout={milliseconds} -c lock_timeout={LockTimeoutMs} -c idle_in_transaction_session_timeout={milliseconds} "
                + "-c standard_conforming_strings=on -c DateStyle=ISO -c TimeZone=UTC -c bytea_output=hex -c client_encoding=UTF8",
        };
        settings.Remove("Passfile");
        // Values come as text, and nothing of the tenant's catalogue is worth asking for on each connection.
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.ConfigureTypeLoading(loading => loading.EnableTypeLoading(false));
        return builder.Build();
    }

    private void Note(string text)
    {
        if (_notices.Count < MostNotices)
            _notices.Add(text.Length <= LongestNotice ? text : text[..LongestNotice]);
    }
}
