using System.Data.Common;
using System.Globalization;

using Platform.Data;

namespace Platform.Events;

/// <summary>
/// Numbers committed events. A row id is taken when a row is written but the row is seen when its transaction commits, so a reader who follows row ids would
/// skip the slower of two transactions. Here the counter's row is locked first and what is committed by then is numbered: numbers appear in their order.
/// </summary>
public sealed class EventRelay(DatabaseSettings settings, WriteGate writes, EventSignal signal)
{
    internal const string Channel = "platform_events";

    private const int Batch = 1000;

    private const string Number = """
        UPDATE events SET sequence = numbered.sequence
        FROM (
            SELECT row_id, (SELECT value FROM relay_state WHERE name = 'sequenced') + row_number() OVER (ORDER BY row_id) AS sequence
            FROM (SELECT row_id FROM events WHERE sequence IS NULL ORDER BY row_id LIMIT 1000) AS fresh
        ) AS numbered
        WHERE events.row_id = numbered.row_id
        """;

    private const string Advance = """
        UPDATE relay_state SET value = coalesce((SELECT max(sequence) FROM events WHERE sequence > value), value) WHERE name = 'sequenced'
        RETURNING value
        """;

    private bool _caughtUp;

    /// <summary>Numbers what is committed; returns the number of events. On SQLite there is something to number only before the first run: later events have their numbers.</summary>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        if (_caughtUp)
            return 0;
        var total = await NumberAllAsync(ct);
        _caughtUp = settings.IsSqlite;
        return total;
    }

    private async Task<int> NumberAllAsync(CancellationToken ct)
    {
        var total = 0;
        await using var connection = await settings.OpenForRelayAsync(ct);
        var (newest, isMissing) = await LookAsync(connection, ct);
        if (!isMissing)
        {
            signal.Publish(newest);
            return 0;
        }

        int count;
        do
        {
            count = await RunBatchAsync(connection, ct);
            total += count;
        }
        while (count == Batch);
        return total;
    }

    /// <summary>The newest sequence in the store.</summary>
    internal static async Task<long> ReadNewestAsync(DbConnection connection, CancellationToken ct)
    {
        await using var command = connection.Command("SELECT value FROM relay_state WHERE name = 'sequenced'");
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task<int> RunBatchAsync(DbConnection connection, CancellationToken ct)
    {
        using var turn = await writes.EnterAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct); // immediate on SQLite
        if (!settings.IsSqlite)
            await connection.ExecuteAsync("SELECT value FROM relay_state WHERE name = 'sequenced' FOR UPDATE", transaction, ct);

        var count = await connection.ExecuteAsync(Number, transaction, ct);
        await using var advance = connection.Command(Advance, transaction);
        var newest = (long)(await advance.ExecuteScalarAsync(ct))!;
        if (!settings.IsSqlite)
            await connection.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"NOTIFY {Channel}, '{newest}'"), transaction, ct);
        await transaction.CommitAsync(ct);
        signal.Publish(newest);
        return count;
    }

    private static async Task<(long Newest, bool IsMissing)> LookAsync(DbConnection connection, CancellationToken ct)
    {
        await using var command = connection.Command("SELECT value, EXISTS (SELECT 1 FROM events WHERE sequence IS NULL) FROM relay_state WHERE name = 'sequenced'");
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return (row.GetInt64(0), row.GetBoolean(1));
    }
}
