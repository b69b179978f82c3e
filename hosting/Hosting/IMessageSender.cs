namespace EmbeddedFunctions.Hosting;

/// <summary>Sends messages to the embedded broker.</summary>
public interface IMessageSender
{
    /// <summary>Sends all messages in one transaction; when the task ends they are durable. A topic's message is copied to each of its subscriptions. A name that no function of the app listens to is kept as a queue.</summary>
    Task SendAsync(string queueOrTopic, IReadOnlyList<OutgoingMessage> messages, CancellationToken ct);
}
