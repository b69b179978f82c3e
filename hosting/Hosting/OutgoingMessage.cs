namespace EmbeddedFunctions.Hosting;

/// <summary>A message to be sent. Application properties are strings, numbers and booleans.</summary>
public sealed record OutgoingMessage(ReadOnlyMemory<byte> Body)
{
    /// <summary>The sender's id; the broker makes one when it is null.</summary>
    public string? MessageId { get; init; }

    /// <summary>The sender's correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>What the message is about.</summary>
    public string? Subject { get; init; }

    /// <summary>The body's media type.</summary>
    public string? ContentType { get; init; }

    /// <summary>Properties of the message.</summary>
    public IReadOnlyDictionary<string, object>? ApplicationProperties { get; init; }

    /// <summary>When the message becomes visible; null for at once.</summary>
    public DateTimeOffset? ScheduledEnqueueTime { get; init; }

    /// <summary>How long the message lives after that; null for ever.</summary>
    public TimeSpan? TimeToLive { get; init; }
}
