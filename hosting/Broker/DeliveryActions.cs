using EmbeddedFunctions.ServiceBus;
using EmbeddedFunctions.Worker;

namespace EmbeddedFunctions.Broker;

/// <summary>The settlement of one delivery: the first one counts.</summary>
internal sealed class DeliveryActions(MessageStore store, TimeSpan lockDuration, TimeProvider clock) : ServiceBusMessageActions
{
    public bool IsSettled { get; private set; }

    public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        SettleAsync(store.CompleteAsync([message], cancellationToken));

    // Service Bus adds the properties to the message; here they are not kept.
    public override Task AbandonMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        SettleAsync(store.AbandonAsync([message], notBefore: null, cancellationToken));

    public override Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        Dictionary<string, object>? propertiesToModify = null,
        string? deadLetterReason = null,
        string? deadLetterErrorDescription = null,
        CancellationToken cancellationToken = default) => SettleAsync(store.DeadLetterAsync(message, deadLetterReason, deadLetterErrorDescription, cancellationToken));

    public override async Task RenewMessageLockAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
    {
        var until = clock.GetUtcNow() + lockDuration;
        Require(await store.RenewAsync([message], until, cancellationToken));
        message.LockedUntil = until;
    }

    private async Task SettleAsync(Task<List<long>> settlement)
    {
        Require(await settlement);
        IsSettled = true;
    }

    private static void Require(List<long> changed)
    {
        if (changed.Count == 0)
            throw new InvalidOperationException("The lock of the message has ended, or the message is already settled.");
    }
}
