using System.Text.Json;
using EmbeddedFunctions.Storage;

namespace EmbeddedFunctions.Broker;

/// <summary>Messages that are not to be delivered yet: scheduled ones can be taken back, deferred ones made active.</summary>
internal sealed class ScheduledMessages(HostDatabase database, TimeProvider clock)
{
    private readonly string _cancel =
        $"""
        DELETE FROM messages
        WHERE message_id {Among(database)} AND scheduled_at > 0 AND visible_at > @now AND delivery_count = 0
            AND (queue = @name OR substr(queue, 1, length(@subscriptions)) = @subscriptions)
        RETURNING message_id
        """;

    private readonly string _activate =
        $"UPDATE messages SET visible_at = enqueued_at WHERE queue = @queue AND seq {Among(database)} AND visible_at = {MessageRow.Deferred} RETURNING seq";

    /// <summary>Removes what is not due yet and returns how many messages that were, a topic's copies as one.</summary>
    public async Task<int> CancelAsync(string name, IReadOnlyCollection<string> messageIds, CancellationToken ct)
    {
        var removed = await database.WriteAsync(
            session => session.QueryAsync(
                _cancel,
                p => p.Add("keys", database.IsPostgres ? messageIds.ToArray() : JsonSerializer.Serialize(messageIds))
                    .Add("name", QueueAddress.Queue(name)).Add("subscriptions", QueueAddress.Subscription(name, "")).Add("now", clock.GetUtcNow().UtcTicks),
                static row => row.GetString(0),
                ct),
            ct);
        return removed.Distinct().Count();
    }

    public async Task<int> ActivateAsync(string queue, IReadOnlyCollection<long> sequenceNumbers, CancellationToken ct)
    {
        var activated = await database.RunAsync(
            session => session.QueryAsync(
                _activate,
                p => p.Add("keys", database.IsPostgres ? sequenceNumbers.ToArray() : JsonSerializer.Serialize(sequenceNumbers)).Add("queue", queue),
                static row => row.GetInt64(0),
                ct),
            ct);
        return activated.Count;
    }

    private static string Among(HostDatabase database) => database.IsPostgres ? "= ANY(@keys)" : "IN (SELECT value FROM json_each(@keys))";
}
