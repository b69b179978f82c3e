using EmbeddedFunctions.Storage;

namespace EmbeddedFunctions.Broker;

/// <summary>Subscriptions, and what time does to messages: expiry, and dead-lettering of those whose receivers die again and again.</summary>
internal sealed class MessageUpkeep(HostDatabase database, TimeProvider clock)
{
    /// <summary>How long a subscription that no node listens to any more keeps getting copies; long enough for a rolling deployment or a stop over night.</summary>
    public static readonly TimeSpan AbandonedAfter = TimeSpan.FromDays(7);

    private const string ForgetMessages =
        """
        DELETE FROM messages WHERE EXISTS (
            SELECT 1 FROM subscriptions s WHERE s.seen_at < @before AND messages.queue = s.topic || '/subscriptions/' || s.name)
        """;

    private const string Register = "INSERT INTO subscriptions (topic, name, seen_at) VALUES (@topic, @name, @now) ON CONFLICT (topic, name) DO UPDATE SET seen_at = excluded.seen_at";

    private const string BuryUndeliverable =
        $"""
        UPDATE messages SET dead_letter_source = queue, queue = queue || '{QueueAddress.DeadLetterSuffix}', dead_letter_reason = 'MaxDeliveryCountExceeded',
            dead_letter_description = 'The last delivery ended with its lock.', lock_token = NULL
        WHERE visible_at <= @now AND delivery_count > 0 AND delivery_count >= @deliveries AND dead_letter_source IS NULL
        """;

    // The constant comparison is the partial index's own, without which neither database uses it.
    private static readonly string DropExpired = $"DELETE FROM messages WHERE expires_at <= @now AND expires_at < {long.MaxValue} AND (lock_token IS NULL OR visible_at <= @now)";

    /// <summary>Notes that this node listens to the subscriptions, and drops those that no node has listened to for long.</summary>
    public Task RegisterAsync(IReadOnlyCollection<(string Topic, string Name)> subscriptions, CancellationToken ct) => database.WriteAsync(
        async session =>
        {
            var now = clock.GetUtcNow();
            var before = (now - AbandonedAfter).UtcTicks;
            await session.ExecuteManyAsync(Register, subscriptions.Order(), (p, s) => p.Add("topic", s.Topic).Add("name", s.Name).Add("now", now.UtcTicks), ct);
            await session.ExecuteAsync(ForgetMessages, p => p.Add("before", before), ct);
            return await session.ExecuteAsync("DELETE FROM subscriptions WHERE seen_at < @before", p => p.Add("before", before), ct);
        },
        ct);

    /// <summary>Drops expired messages and dead-letters undeliverable ones; returns how many went.</summary>
    public async Task<int> SweepAsync(int maxDeliveries, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcTicks;
        var dropped = await database.RunAsync(session => session.ExecuteAsync(DropExpired, p => p.Add("now", now), ct), ct);
        return dropped + await database.RunAsync(session => session.ExecuteAsync(BuryUndeliverable, p => p.Add("now", now).Add("deliveries", maxDeliveries), ct), ct);
    }
}
