using System.Text.Json;
using EmbeddedFunctions.Broker.Entities;
using EmbeddedFunctions.Storage;

namespace EmbeddedFunctions.Broker;

/// <summary>Subscriptions, and what time does to messages.</summary>
internal sealed class MessageUpkeep(HostDatabase database, TimeProvider clock)
{
    /// <summary>How long a subscription that no node listens to any more keeps getting copies; long enough for a rolling deployment or a stop over night.</summary>
    public static readonly TimeSpan AbandonedAfter = TimeSpan.FromDays(7);

    private const string ForgetMessages =
        """
        DELETE FROM messages WHERE EXISTS (
            SELECT 1 FROM subscriptions s WHERE s.seen_at < @before AND messages.queue = s.topic || '/subscriptions/' || s.name)
        """;

    private const string Define =
        """
        INSERT INTO subscriptions (topic, name, seen_at, definition) VALUES (@topic, @name, @now, @definition)
        ON CONFLICT (topic, name) DO UPDATE SET seen_at = excluded.seen_at, definition = excluded.definition
        """;

    // Of a node that was away so long that others dropped its subscription. It does not put its definition over that of a newer node.
    private const string Touch =
        "INSERT INTO subscriptions (topic, name, seen_at, definition) VALUES (@topic, @name, @now, @definition) ON CONFLICT (topic, name) DO UPDATE SET seen_at = excluded.seen_at";

    private const string Advance = "UPDATE subscription_version SET version = version + 1";

    // The constant comparison is the partial index's own, without which neither database uses it.
    private static readonly string Expired = $"expires_at <= @now AND expires_at < {long.MaxValue} AND (lock_token IS NULL OR visible_at <= @now)";

    private static readonly string BuryExpired =
        $"""
        UPDATE messages SET dead_letter_source = queue, queue = queue || '{QueueAddress.DeadLetterSuffix}', dead_letter_reason = 'TTLExpiredException',
            dead_letter_description = 'The message expired and was dead lettered.', lock_token = NULL, visible_at = @now, expires_at = {long.MaxValue}
        WHERE {Expired} AND queue = @queue
        """;

    // A null stands for something that has expired.
    private readonly string _look =
        $"""
        SELECT q.name FROM {(database.IsPostgres ? "unnest(@queues) AS q (name)" : "(SELECT value AS name FROM json_each(@queues)) q")}
        WHERE EXISTS (SELECT 1 FROM messages m WHERE m.queue = q.name AND m.visible_at <= @now)
        UNION ALL
        SELECT NULL WHERE EXISTS (SELECT 1 FROM messages WHERE {Expired}) OR EXISTS (SELECT 1 FROM message_ids WHERE until <= @now)
        """;

    /// <summary>Makes the node's subscriptions known as they are defined here, and drops those that no node has listened to for long.</summary>
    public Task RegisterAsync(IReadOnlyDictionary<(string Topic, string Name), SubscriptionDefinition> subscriptions, CancellationToken ct) => WriteAsync(Define, subscriptions, ct);

    /// <summary>Notes that this node still listens.</summary>
    public Task TouchAsync(IReadOnlyDictionary<(string Topic, string Name), SubscriptionDefinition> subscriptions, CancellationToken ct) => WriteAsync(Touch, subscriptions, ct);

    /// <summary>What is due, in one cheap statement, since mostly nothing is: the queues among the given ones with messages to deliver, and whether a sweep has anything to do.</summary>
    public async Task<(HashSet<string> Ready, bool HasExpired)> LookAsync(IReadOnlyList<string> queues, CancellationToken ct)
    {
        var found = await database.RunAsync(
            session => session.QueryAsync(
                _look,
                p => p.Add("queues", database.IsPostgres ? queues.ToArray() : JsonSerializer.Serialize(queues)).Add("now", clock.GetUtcNow().UtcTicks),
                static row => row.IsDBNull(0) ? null : row.GetString(0),
                ct),
            ct);
        return (found.OfType<string>().ToHashSet(StringComparer.Ordinal), found.Contains(null));
    }

    /// <summary>Drops expired messages, or dead-letters those of the given queues; returns how many went.</summary>
    public async Task<int> SweepAsync(IReadOnlyList<string> keepingExpired, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var went = 0;
        foreach (var queue in keepingExpired)
            went += await database.RunAsync(session => session.ExecuteAsync(BuryExpired, p => p.Add("now", now.UtcTicks).Add("queue", queue), ct), ct);
        await database.RunAsync(session => MessageIds.ForgetAsync(session, now, ct), ct);
        return went + await database.RunAsync(session => session.ExecuteAsync($"DELETE FROM messages WHERE {Expired}", p => p.Add("now", now.UtcTicks), ct), ct);
    }

    private Task<int> WriteAsync(string sql, IReadOnlyDictionary<(string Topic, string Name), SubscriptionDefinition> subscriptions, CancellationToken ct) => database.WriteAsync(
        async session =>
        {
            // Counted up first: the row is the lock of all who change subscriptions, and who sends sees the change and the new version together.
            await session.ExecuteAsync(Advance, static _ => { }, ct);
            var now = clock.GetUtcNow();
            var before = (now - AbandonedAfter).UtcTicks;
            await session.ExecuteManyAsync(
                sql,
                subscriptions,
                (p, s) => p.Add("topic", s.Key.Topic).Add("name", s.Key.Name).Add("now", now.UtcTicks).Add("definition", JsonSerializer.Serialize(s.Value)),
                ct);
            await session.ExecuteAsync(ForgetMessages, p => p.Add("before", before), ct);
            return await session.ExecuteAsync("DELETE FROM subscriptions WHERE seen_at < @before", p => p.Add("before", before), ct);
        },
        ct);
}
