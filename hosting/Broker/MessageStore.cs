using System.Data.Common;
using System.Text.Json;
using EmbeddedFunctions.Broker.Sessions;
using EmbeddedFunctions.ServiceBus;
using EmbeddedFunctions.Storage;

namespace EmbeddedFunctions.Broker;

/// <summary>
/// Receives and settles messages. A receive hides its messages until the lock's end under a token; settling asks for that token, so a receiver that lost its lock changes nothing. Neither
/// waits for the disk, since losing it in a crash of the machine only delivers again. Lock times are those of the nodes' clocks: clocks that differ by more than the lock only cause a
/// second delivery.
/// </summary>
internal sealed class MessageStore(HostDatabase database, TimeProvider clock)
{
    private const string Move =
        $"""
        dead_letter_source = queue, queue = queue || '{QueueAddress.DeadLetterSuffix}', dead_letter_reason = @reason, dead_letter_description = @description,
            lock_token = NULL, visible_at = @now, expires_at = @never
        """;

    private readonly string _receive =
        $"""
        WITH ready AS MATERIALIZED (
            SELECT seq AS ready_seq FROM messages WHERE queue = @queue AND visible_at <= @now AND expires_at > @now
            ORDER BY visible_at, seq LIMIT @limit {(database.IsPostgres ? "FOR UPDATE SKIP LOCKED" : "")})
        UPDATE messages SET delivery_count = delivery_count + 1, visible_at = @until, lock_token = @token
        FROM ready WHERE seq = ready_seq
        RETURNING {MessageRow.Columns}
        """;

    // In the order of the session: the first message that may not be delivered yet holds back the rest only when it was delivered before (it is locked, or waits to come again).
    private readonly string _receiveSession =
        $"""
        WITH ready AS MATERIALIZED (
            SELECT seq AS ready_seq FROM messages
            WHERE queue = @queue AND session_id = @session AND (visible_at <= @now OR lock_token IS NOT NULL) AND expires_at > @now
                AND EXISTS (SELECT 1 FROM message_sessions s WHERE s.queue = @queue AND s.session_id = @session AND s.lock_token = @owner AND s.locked_until > @now)
            ORDER BY seq LIMIT @limit {(database.IsPostgres ? "FOR UPDATE" : "")})
        UPDATE messages SET delivery_count = delivery_count + 1, visible_at = @until, lock_token = @token
        FROM ready WHERE seq = ready_seq
        RETURNING {MessageRow.Columns}
        """;

    private readonly string _owned = database.IsPostgres
        ? "(seq, lock_token) IN (SELECT * FROM unnest(@seqs, @tokens))"
        : "(seq, lock_token) IN (SELECT value ->> 0, value ->> 1 FROM json_each(@owned))";

    /// <summary>Locks up to <paramref name="limit"/> messages, oldest first. Those that were delivered <paramref name="maxDeliveries"/> times already are dead-lettered instead.</summary>
    public Task<List<ServiceBusReceivedMessage>> ReceiveAsync(string queue, int limit, TimeSpan lockDuration, int maxDeliveries, CancellationToken ct) =>
        ReceiveAsync(_receive, queue, limit, lockDuration, maxDeliveries, static _ => { }, ct);

    /// <summary>Locks the next messages of a session for its owner, in their order, also those that a former owner has locked.</summary>
    public Task<List<ServiceBusReceivedMessage>> ReceiveAsync(SessionLock session, int limit, TimeSpan lockDuration, int maxDeliveries, CancellationToken ct) =>
        ReceiveAsync(_receiveSession, session.Queue, limit, lockDuration, maxDeliveries, p => p.Add("session", session.SessionId).Add("owner", session.Token), ct);

    /// <summary>Removes the messages whose locks are still held and returns their numbers.</summary>
    public Task<List<long>> CompleteAsync(IReadOnlyCollection<ServiceBusReceivedMessage> messages, CancellationToken ct) =>
        SettleAsync($"DELETE FROM messages WHERE {_owned} RETURNING seq", messages, static _ => { }, ct);

    /// <summary>Extends the locks that are still held and returns their numbers.</summary>
    public Task<List<long>> RenewAsync(IReadOnlyCollection<ServiceBusReceivedMessage> messages, DateTimeOffset until, CancellationToken ct) =>
        SettleAsync($"UPDATE messages SET visible_at = @until WHERE {_owned} RETURNING seq", messages, p => p.Add("until", until.UtcTicks), ct);

    /// <summary>Makes the messages visible again: at their old place, or later.</summary>
    public Task<List<long>> AbandonAsync(IReadOnlyCollection<ServiceBusReceivedMessage> messages, DateTimeOffset? notBefore, CancellationToken ct) => SettleAsync(
        $"UPDATE messages SET lock_token = NULL, visible_at = {(notBefore is null ? "enqueued_at" : "@visible")} WHERE {_owned} RETURNING seq",
        messages,
        p =>
        {
            if (notBefore is { } visible)
                p.Add("visible", visible.UtcTicks);
        },
        ct);

    /// <summary>Gives back messages that were fetched ahead but never handed to a function; that delivery does not count.</summary>
    public Task<List<long>> ReleaseAsync(IReadOnlyCollection<ServiceBusReceivedMessage> messages, CancellationToken ct) =>
        SettleAsync($"UPDATE messages SET lock_token = NULL, visible_at = enqueued_at, delivery_count = delivery_count - 1 WHERE {_owned} RETURNING seq", messages, static _ => { }, ct);

    /// <summary>Moves the message to the dead-letter sub-queue.</summary>
    public Task<List<long>> DeadLetterAsync(ServiceBusReceivedMessage message, string? reason, string? description, CancellationToken ct) => SettleAsync(
        $"UPDATE messages SET {Move} WHERE {_owned} RETURNING seq",
        [message],
        p => p.Add("reason", reason).Add("description", description).Add("now", clock.GetUtcNow().UtcTicks).Add("never", long.MaxValue),
        ct);

    /// <summary>Sets the message aside until it is made active again by its number.</summary>
    public Task<List<long>> DeferAsync(ServiceBusReceivedMessage message, CancellationToken ct) =>
        SettleAsync($"UPDATE messages SET lock_token = NULL, visible_at = @deferred WHERE {_owned} RETURNING seq", [message], static p => p.Add("deferred", MessageRow.Deferred), ct);

    /// <summary>Replaces the application properties of a message that is about to be settled.</summary>
    public Task<List<long>> ChangeAsync(ServiceBusReceivedMessage message, IReadOnlyDictionary<string, object> properties, CancellationToken ct) =>
        SettleAsync($"UPDATE messages SET properties = @properties WHERE {_owned} RETURNING seq", [message], p => p.Add("properties", MessageProperties.Write(properties)), ct);

    private async Task<List<ServiceBusReceivedMessage>> ReceiveAsync(
        string sql, string queue, int limit, TimeSpan lockDuration, int maxDeliveries, Action<DbCommand> bind, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var delivery = Guid.CreateVersion7(now);
        var messages = await database.RunRelaxedAsync(
            session => session.QueryAsync(
                sql,
                p => bind(p.Add("queue", queue).Add("now", now.UtcTicks).Add("until", (now + lockDuration).UtcTicks).Add("limit", limit).Add("token", delivery.ToString("N"))),
                row => MessageRow.Read(row, delivery, now),
                ct),
            ct);
        messages.Sort(static (a, b) => a.SequenceNumber.CompareTo(b.SequenceNumber));
        if (QueueAddress.IsDeadLetter(queue))
            return messages;
        foreach (var undeliverable in messages.Where(m => m.DeliveryCount > maxDeliveries))
            await DeadLetterAsync(undeliverable, "MaxDeliveryCountExceeded", "The last delivery ended with its lock.", CancellationToken.None);
        messages.RemoveAll(m => m.DeliveryCount > maxDeliveries);
        return messages;
    }

    private Task<List<long>> SettleAsync(string sql, IReadOnlyCollection<ServiceBusReceivedMessage> messages, Action<DbCommand> bind, CancellationToken ct) => database.RunRelaxedAsync(
        session => session.QueryAsync(
            sql,
            command =>
            {
                if (database.IsPostgres)
                    command.Add("seqs", messages.Select(m => m.SequenceNumber).ToArray()).Add("tokens", messages.Select(m => m.Delivery).ToArray());
                else
                    command.Add("owned", JsonSerializer.Serialize(messages.Select(m => new object[] { m.SequenceNumber, m.Delivery })));
                bind(command);
            },
            static row => row.GetInt64(0),
            ct),
        ct);
}
