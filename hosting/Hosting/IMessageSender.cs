namespace EmbeddedFunctions.Hosting;

/// <summary>Sends messages to the embedded broker.</summary>
public interface IMessageSender
{
    /// <summary>
    /// Sends all messages or none; when the task ends they are durable. A topic's message is copied to each of its subscriptions whose rules it fits. A name that no function of the app
    /// listens to is kept as a queue. A message without session id to a queue with sessions throws <see cref="InvalidOperationException"/>.
    /// </summary>
    Task SendAsync(string queueOrTopic, IReadOnlyList<OutgoingMessage> messages, CancellationToken ct);

    /// <summary>Takes back scheduled messages that are not due yet, by their message ids, and returns how many there were; a topic's copies count as one.</summary>
    Task<int> CancelScheduledAsync(string queueOrTopic, IReadOnlyCollection<string> messageIds, CancellationToken ct);

    /// <summary>Makes deferred messages active again, by their sequence numbers, and returns how many there were. The address of a subscription is <c>topic/subscriptions/name</c>.</summary>
    Task<int> ActivateDeferredAsync(string queueOrSubscription, IReadOnlyCollection<long> sequenceNumbers, CancellationToken ct);
}
