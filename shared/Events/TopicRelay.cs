using System.Data.Common;

using Platform.Data;

namespace Platform.Events;

/// <summary>Hands numbered events to the topic <c>platform-events</c> in their order, at least once, one node at a time.</summary>
public sealed class TopicRelay(
    DatabaseSettings settings, WriteGate writes, EventSignal signal, ITopicSender sender, ForwardedEvents forwarded) : IDisposable
{
    private const int Batch = 200;

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Up to here this process knows that there is nothing left to send; spares reading events that nobody subscribes to again and again.</summary>
    private long _passed;

    public async Task RunAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            if (signal.Newest <= _passed)
                return;
            await using var connection = await settings.OpenForRelayAsync(ct);
            while (settings.IsSqlite ? await ForwardAsync(connection, null, ct) : await ForwardLockedAsync(connection, ct))
            {
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    // The cursor's row is the lock between nodes; who finds it taken leaves the work to the other.
    private async Task<bool> ForwardLockedAsync(DbConnection connection, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var take = connection.Command("SELECT value FROM relay_state WHERE name = 'forwarded' FOR UPDATE SKIP LOCKED", transaction);
        var more = await take.ExecuteScalarAsync(ct) is not null && await ForwardAsync(connection, transaction, ct);
        await transaction.CommitAsync(ct);
        return more;
    }

    private async Task<bool> ForwardAsync(DbConnection connection, DbTransaction? transaction, CancellationToken ct)
    {
        var (sent, newest) = await ReadCountersAsync(connection, transaction, ct);
        var from = Math.Max(sent, _passed);
        if (from >= newest)
            return false;

        var events = await ReadAsync(connection, transaction, from, newest, ct);
        var concerning = events.Count == 0 ? events : await forwarded.ConcerningAsync(events, ct);
        if (concerning.Count > 0)
            await sender.SendAsync(EventNotice.Topic, [.. concerning.Select(e => e.Message)], ct);

        var more = events.Count == Batch;
        var reached = more ? events[^1].Sequence : newest;
        if (events.Count > 0) // sent or not: whoever waits from now on waits for later ones
            await AdvanceAsync(connection, transaction, reached, ct);
        _passed = reached;
        return more;
    }

    private static async Task<(long Forwarded, long Newest)> ReadCountersAsync(DbConnection connection, DbTransaction? transaction, CancellationToken ct)
    {
        await using var command = connection.Command(
            "SELECT f.value, s.value FROM relay_state f CROSS JOIN relay_state s WHERE f.name = 'forwarded' AND s.name = 'sequenced'", transaction);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return (row.GetInt64(0), row.GetInt64(1));
    }

    private async Task<IReadOnlyList<ForwardedEvent>> ReadAsync(DbConnection connection, DbTransaction? transaction, long after, long upTo, CancellationToken ct)
    {
        List<ForwardedEvent> events = [];
        await using var command = connection.Command(
            "SELECT sequence, event_id, event_type, aggregate_id, correlation_id, organization_id FROM events WHERE sequence > @after AND sequence <= @upto ORDER BY sequence", transaction, ("after", after), ("upto", upTo));
        await using var row = await command.ExecuteReaderAsync(ct);
        while (events.Count < Batch && await row.ReadAsync(ct))
        {
            var type = row.GetString(2);
            if (!forwarded.Contains(type))
                continue;
            var (sequence, id) = (row.GetInt64(0), row.GetGuid(1));
            var notice = new EventNotice(id, type, row.NullableString(3));
            events.Add(new ForwardedEvent(sequence, type, row.IsDBNull(5) ? null : row.GetGuid(5), notice.ToMessage(id.ToString("D"), sequence, row.NullableString(4))));
        }

        return events;
    }

    private async Task AdvanceAsync(DbConnection connection, DbTransaction? transaction, long reached, CancellationToken ct)
    {
        const string Advance = "UPDATE relay_state SET value = @reached WHERE name = 'forwarded' AND value < @reached";
        if (transaction is not null)
        {
            await connection.ExecuteAsync(Advance, transaction, ct, ("reached", reached));
            return;
        }

        using var turn = await writes.EnterAsync(ct);
        await using var own = await connection.BeginTransactionAsync(ct);
        await connection.ExecuteAsync(Advance, own, ct, ("reached", reached));
        await own.CommitAsync(ct);
    }
}
