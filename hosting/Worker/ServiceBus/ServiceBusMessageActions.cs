using EmbeddedFunctions.ServiceBus;

namespace EmbeddedFunctions.Worker;

/// <summary>Settles the message that a function with <c>AutoCompleteMessages = false</c> got. A lost lock throws <see cref="InvalidOperationException"/>.</summary>
public class ServiceBusMessageActions
{
    /// <summary>For the host and for tests.</summary>
    protected ServiceBusMessageActions()
    {
    }

    /// <summary>Removes the message.</summary>
    public virtual Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => throw NotBound();

    /// <summary>Gives the message back at once; its delivery count stays.</summary>
    public virtual Task AbandonMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        throw NotBound();

    /// <summary>Moves the message to the dead-letter sub-queue.</summary>
    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        Dictionary<string, object>? propertiesToModify = null,
        string? deadLetterReason = null,
        string? deadLetterErrorDescription = null,
        CancellationToken cancellationToken = default) => throw NotBound();

    /// <summary>Sets the message aside; it is delivered again only when it is asked for by its sequence number.</summary>
    public virtual Task DeferMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        throw NotBound();

    /// <summary>Extends the lock by the lock duration.</summary>
    public virtual Task RenewMessageLockAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => throw NotBound();

    private static InvalidOperationException NotBound() => new("These message actions are not connected to a message.");
}
