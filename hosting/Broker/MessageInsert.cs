using System.Data.Common;
using EmbeddedFunctions.Storage;

namespace EmbeddedFunctions.Broker;

/// <summary>The statement that stores messages, provided that the subscriptions are still those of the given version.</summary>
internal static class MessageInsert
{
    private const string Columns =
        "queue, message_id, correlation_id, subject, content_type, properties, body, scheduled_at, enqueued_at, visible_at, expires_at, session_id, headers, dead_letter_source, dead_letter_reason, delivery_count";

    private const string One =
        $"""
        INSERT INTO messages ({Columns})
        VALUES (@queue, @id, @correlation, @subject, @type, @properties, @body, @scheduled, @visible, @visible, @expires, @session, @headers, @source, @reason, 0)
        """;

    private static readonly string Many =
        $"""
        INSERT INTO messages ({Columns})
        SELECT queue, id, correlation, subject, type, properties, body, scheduled, visible, visible, expires, session, headers,
            CASE WHEN reason IS NOT NULL THEN left(queue, -{QueueAddress.DeadLetterSuffix.Length}) END, reason, 0
        FROM unnest(@queues, @ids, @correlations, @subjects, @types, @properties, @bodies, @scheduled, @visible, @expires, @sessions, @headers, @reasons)
            AS m (queue, id, correlation, subject, type, properties, body, scheduled, visible, expires, session, headers, reason)
        WHERE {TopicRoutes.IsCurrent}
        """;

    /// <summary>False when the version is out of date; then nothing is stored.</summary>
    public static async Task<bool> RunAsync(HostSession session, List<MessageCopy> copies, long version)
    {
        if (session.IsPostgres && copies.Count > 0)
            return await session.ExecuteAsync(Many, p => BindAll(p, copies, version), CancellationToken.None) == copies.Count;

        var current = await session.QueryAsync("SELECT version FROM subscription_version", static _ => { }, static row => row.GetInt64(0), CancellationToken.None);
        if (current[0] != version)
            return false;
        await session.ExecuteManyAsync(One, copies, BindOne, CancellationToken.None);
        return true;
    }

    private static void BindAll(DbCommand command, List<MessageCopy> copies, long version)
    {
        T[] Column<T>(Func<MessageCopy, T> value) => [.. copies.Select(value)];
        command
            .Add("queues", Column(c => c.Queue))
            .Add("ids", Column(c => c.Draft.Message.MessageId))
            .Add("correlations", Column(c => c.Draft.Message.CorrelationId))
            .Add("subjects", Column(c => c.Draft.Message.Subject))
            .Add("types", Column(c => c.Draft.Message.ContentType))
            .Add("properties", Column(c => c.Draft.Properties))
            .Add("bodies", Column(c => c.Draft.Body))
            .Add("scheduled", Column(c => c.Draft.ScheduledAt))
            .Add("visible", Column(c => c.Draft.Visible.UtcTicks))
            .Add("expires", Column(c => c.ExpiresAt))
            .Add("sessions", Column(c => Session(c)))
            .Add("headers", Column(c => c.Draft.Headers))
            .Add("reasons", Column(c => c.DeadLetterReason))
            .Add("version", version);
    }

    private static void BindOne(IParameters parameters, MessageCopy copy) => parameters
        .Add("queue", copy.Queue)
        .Add("id", copy.Draft.Message.MessageId)
        .Add("correlation", copy.Draft.Message.CorrelationId)
        .Add("subject", copy.Draft.Message.Subject)
        .Add("type", copy.Draft.Message.ContentType)
        .Add("properties", copy.Draft.Properties)
        .Add("body", copy.Draft.Body)
        .Add("scheduled", copy.Draft.ScheduledAt)
        .Add("visible", copy.Draft.Visible.UtcTicks)
        .Add("expires", copy.ExpiresAt)
        .Add("session", Session(copy))
        .Add("headers", copy.Draft.Headers)
        .Add("source", copy.DeadLetterReason is null ? null : QueueAddress.OfDeadLetter(copy.Queue))
        .Add("reason", copy.DeadLetterReason);

    // No id and an empty one are the same: no session.
    private static string? Session(MessageCopy copy) => string.IsNullOrEmpty(copy.Draft.Message.SessionId) ? null : copy.Draft.Message.SessionId;
}
