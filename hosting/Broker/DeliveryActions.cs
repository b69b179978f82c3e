using System.Collections.Concurrent;
using EmbeddedFunctions.ServiceBus;
using EmbeddedFunctions.Worker;

namespace EmbeddedFunctions.Broker;

/// <summary>The settlements of one delivery: of each message the first one counts.</summary>
internal sealed class DeliveryActions(MessageStore store, TimeSpan lockDuration, TimeProvider clock) : ServiceBusMessageActions
{
    private ConcurrentDictionary<string, bool>? _settled;

    public bool IsSettled(ServiceBusReceivedMessage message) => _settled?.ContainsKey(message.LockToken) == true;

    public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        SettleAsync(message, propertiesToModify: null, () => store.CompleteAsync([message], cancellationToken), cancellationToken);

    public override Task AbandonMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        SettleAsync(message, propertiesToModify, () => store.AbandonAsync([message], notBefore: null, cancellationToken), cancellationToken);

    public override Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        Dictionary<string, object>? propertiesToModify = null,
        string? deadLetterReason = null,
        string? deadLetterErrorDescription = null,
        CancellationToken cancellationToken = default) =>
        SettleAsync(message, propertiesToModify, () => store.DeadLetterAsync(message, deadLetterReason, deadLetterErrorDescription, cancellationToken), cancellationToken);

    public override Task DeferMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        SettleAsync(message, propertiesToModify, () => store.DeferAsync(message, cancellationToken), cancellationToken);

    public override async Task RenewMessageLockAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
    {
        var until = clock.GetUtcNow() + lockDuration;
        Require(await store.RenewAsync([message], until, cancellationToken));
        message.LockedUntil = until;
    }

    // Two statements: a failure between them leaves the message locked with its new properties, to be delivered again.
    private async Task SettleAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify, Func<Task<List<long>>> settle, CancellationToken ct)
    {
        if (propertiesToModify is { Count: > 0 })
        {
            var properties = new Dictionary<string, object>(message.ApplicationProperties);
            foreach (var (name, value) in propertiesToModify)
                properties[name] = value;
            Require(await store.ChangeAsync(message, properties, ct));
        }

        Require(await settle());
        (_settled ??= new()).TryAdd(message.LockToken, true);
    }

    private static void Require(List<long> changed)
    {
        if (changed.Count == 0)
            throw new InvalidOperationException("The lock of the message has ended, or the message is already settled.");
    }
}
