using EmbeddedFunctions.Hosting;

namespace EmbeddedFunctions.Broker;

/// <summary>A message on its way to its queues: with an id, and its properties written already.</summary>
internal sealed class MessageDraft
{
    private MessageDraft(OutgoingMessage message, DateTimeOffset now)
    {
        Message = message.MessageId is null ? message with { MessageId = Guid.CreateVersion7(now).ToString("N") } : message;
        Properties = MessageProperties.Write(message.ApplicationProperties);
        Headers = MessageHeaders.Write(message);
        Body = message.Body.ToArray();
        Visible = message.ScheduledEnqueueTime is { } scheduled && scheduled > now ? scheduled : now;
    }

    public OutgoingMessage Message { get; }

    public string? Properties { get; }

    public string? Headers { get; }

    public byte[] Body { get; }

    public DateTimeOffset Visible { get; }

    public long ScheduledAt => Message.ScheduledEnqueueTime?.UtcTicks ?? 0;

    public static MessageDraft Of(OutgoingMessage message, DateTimeOffset now) => new(message, now);

    /// <summary>When the message dies in a queue that keeps messages for at most so long.</summary>
    public long ExpiresAt(TimeSpan? longest)
    {
        var life = Message.TimeToLive is { } own && (longest is null || own < longest) ? own : longest;
        return life is { } some && some < DateTimeOffset.MaxValue - Visible ? (Visible + some).UtcTicks : long.MaxValue;
    }
}

/// <param name="Queue">Where it is stored.</param>
/// <param name="Draft">The message.</param>
/// <param name="ExpiresAt">When it dies, in ticks.</param>
/// <param name="DeadLetterReason">Why the queue is the dead-letter sub-queue already, or null.</param>
internal readonly record struct MessageCopy(string Queue, MessageDraft Draft, long ExpiresAt, string? DeadLetterReason);
