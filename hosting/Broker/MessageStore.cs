using System.Data.Common;
using System.Text.Json;
using EmbeddedFunctions.Hosting;
using EmbeddedFunctions.ServiceBus;
using EmbeddedFunctions.Storage;

namespace EmbeddedFunctions.Broker;

/// <summary>
/// Messages in the host store. A delivery hides its message until the lock's end under a token that names delivery and message; settling asks for that token, so a receiver that lost its lock
/// changes nothing. Sending waits for the disk; receiving and settling do not, since losing them in a crash of the machine only delivers again. Lock times are those of the nodes' clocks: clocks that differ by more than the lock only cause a second delivery.
/// </summary>
internal sealed class MessageStore(HostDatabase database, TimeProvider clock)
{
    private const string Insert =
        """
        INSERT INTO messages (queue, message_id, correlation_id, subject, content_type, properties, body, delivery_count, scheduled_at, enqueued_at, visible_at, expires_at)
        SELECT target.queue, @id, @correlation, @subject, @type, @properties, @body, 0, @scheduled, @visible, @visible, @expires
        FROM (
            SELECT topic || '/subscriptions/' || name AS queue FROM subscriptions WHERE topic = @name
            UNION ALL
            SELECT @name WHERE NOT EXISTS (SELECT 1 FROM subscriptions WHERE topic = @name)) target
        """;

    private readonly string _receive =
        $"""
        WITH ready AS MATERIALIZED (
            SELECT seq AS ready_seq FROM messages
            WHERE queue = @queue AND visible_at <= @now AND expires_at > @now AND (delivery_count < @deliveries OR dead_letter_source IS NOT NULL)
            ORDER BY visible_at, seq LIMIT @limit {(database.IsPostgres ? "FOR UPDATE SKIP LOCKED" : "")})
        UPDATE messages SET delivery_count = delivery_count + 1, visible_at = @until, lock_token = @token || seq
        FROM ready WHERE seq = ready_seq
        RETURNING {MessageRow.Columns}
        """;

    private readonly string _owned = database.IsPostgres
        ? "seq = ANY(@seqs) AND lock_token = ANY(@tokens)"
        : "seq IN (SELECT value FROM json_each(@seqs)) AND lock_token IN (SELECT value FROM json_each(@tokens))";

    /// <summary>Stores all messages or none. A name with subscriptions is a topic, any other a queue.</summary>
    public Task SendAsync(string name, IReadOnlyList<OutgoingMessage> messages, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        async Task<bool> Write(HostSession session)
        {
            await session.ExecuteManyAsync(Insert, messages, (p, m) => Bind(p, name, m, now), ct);
            return true;
        }

        // On PostgreSQL the batch is one round trip and a transaction by itself.
        return database.IsPostgres ? database.RunAsync(Write, ct) : database.WriteAsync(Write, ct);
    }

    /// <summary>Locks up to <paramref name="limit"/> messages, oldest first.</summary>
    public async Task<List<ServiceBusReceivedMessage>> ReceiveAsync(string queue, int limit, TimeSpan lockDuration, int maxDeliveries, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var token = $"{Guid.CreateVersion7(now):N}-";
        var messages = await database.RunRelaxedAsync(
            session => session.QueryAsync(
                _receive,
                p => p.Add("queue", queue).Add("now", now.UtcTicks).Add("until", (now + lockDuration).UtcTicks).Add("deliveries", maxDeliveries).Add("limit", limit).Add("token", token),
                MessageRow.Read,
                ct),
            ct);
        messages.Sort(static (a, b) => a.SequenceNumber.CompareTo(b.SequenceNumber));
        return messages;
    }

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
        $"""
        UPDATE messages SET dead_letter_source = queue, queue = queue || '{QueueAddress.DeadLetterSuffix}', dead_letter_reason = @reason, dead_letter_description = @description,
            lock_token = NULL, visible_at = @now
        WHERE {_owned} RETURNING seq
        """,
        [message],
        p => p.Add("reason", reason).Add("description", description).Add("now", clock.GetUtcNow().UtcTicks),
        ct);

    private static void Bind(IParameters parameters, string name, OutgoingMessage message, DateTimeOffset now)
    {
        var visible = message.ScheduledEnqueueTime is { } scheduled && scheduled > now ? scheduled : now;
        var expires = message.TimeToLive is { } life && life < DateTimeOffset.MaxValue - visible ? (visible + life).UtcTicks : long.MaxValue;
        parameters
            .Add("name", QueueAddress.Queue(name))
            .Add("id", message.MessageId ?? Guid.CreateVersion7(now).ToString("N"))
            .Add("correlation", message.CorrelationId)
            .Add("subject", message.Subject)
            .Add("type", message.ContentType)
            .Add("properties", MessageRow.WriteProperties(message.ApplicationProperties))
            .Add("body", message.Body.ToArray())
            .Add("scheduled", message.ScheduledEnqueueTime?.UtcTicks ?? 0L)
            .Add("visible", visible.UtcTicks)
            .Add("expires", expires);
    }

    private Task<List<long>> SettleAsync(string sql, IReadOnlyCollection<ServiceBusReceivedMessage> messages, Action<DbCommand> bind, CancellationToken ct) => database.RunRelaxedAsync(
        session => session.QueryAsync(
            sql,
            command =>
            {
                var seqs = messages.Select(m => m.SequenceNumber).ToArray();
                var tokens = messages.Select(m => m.LockToken).ToArray();
                command.Add("seqs", database.IsPostgres ? seqs : JsonSerializer.Serialize(seqs));
                command.Add("tokens", database.IsPostgres ? tokens : JsonSerializer.Serialize(tokens));
                bind(command);
            },
            static row => row.GetInt64(0),
            ct),
        ct);
}
