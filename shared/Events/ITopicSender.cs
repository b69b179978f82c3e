namespace Platform.Events;

/// <summary>Sends to the message broker of the host; when the task ends the messages are durable.</summary>
public interface ITopicSender
{
    Task SendAsync(string topic, IReadOnlyList<TopicMessage> messages, CancellationToken ct);
}

/// <summary>A message for a topic. <paramref name="Id"/> is the same at each repetition, so that a broker that looks for duplicates finds them.</summary>
public sealed record TopicMessage(string Id, string Subject, string Body)
{
    public string? CorrelationId { get; init; }

    /// <summary>Strings, numbers and booleans.</summary>
    public IReadOnlyDictionary<string, object> Properties { get; init; } = new Dictionary<string, object>();
}
