using EmbeddedFunctions.Broker.Sessions;
using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Invocation;
using EmbeddedFunctions.ServiceBus;
using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Worker;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Broker;

/// <summary>Runs one function on messages and settles them by its outcome.</summary>
internal sealed class MessageRun(DiscoveredFunction function, string queue, PumpServices services, BrokerOptions options)
{
    private readonly bool _autoComplete = ((ServiceBusTriggerAttribute)function.Trigger).AutoCompleteMessages;

    /// <summary>Completes what the function left to the host, or gives it back when the function threw; then false. <paramref name="given"/> is called when messages were made visible again.</summary>
    public async Task<bool> RunAsync(IReadOnlyList<ServiceBusReceivedMessage> messages, SessionActions? session, Action given, CancellationToken abort)
    {
        var actions = new DeliveryActions(services.Store, options.LockDuration, services.Clock);
        try
        {
            await services.Runner.RunAsync(function, new MessageDelivery(messages, actions, session), retry: null, abort);
        }
        catch (Exception e)
        {
            services.Logger.LogError(e, "{Function} failed on message {MessageId}, delivery {Delivery}.", function.Name, messages[0].MessageId, messages[0].DeliveryCount);
            await GiveBackAsync([.. messages.Where(m => !actions.IsSettled(m))], e, session is not null, given);
            return false;
        }

        if (_autoComplete)
            await CompleteAsync(messages, actions, session is not null);
        return true;
    }

    // A session goes on with its next message only when this one is gone: the order would not survive a crash otherwise.
    private async Task CompleteAsync(IReadOnlyList<ServiceBusReceivedMessage> messages, DeliveryActions actions, bool atOnce)
    {
        foreach (var message in messages)
        {
            if (!actions.IsSettled(message) && !atOnce)
                services.Completions.Add(message);
        }

        if (!atOnce)
            return;
        var open = messages.Where(m => !actions.IsSettled(m)).ToList();
        if (open.Count > 0 && (await services.Store.CompleteAsync(open, CancellationToken.None)).Count < open.Count)
            services.Logger.LogWarning("{Function} ended after the lock of message {MessageId}; it comes again.", function.Name, open[0].MessageId);
    }

    private async Task GiveBackAsync(List<ServiceBusReceivedMessage> messages, Exception reason, bool inSession, Action given)
    {
        foreach (var message in messages.Where(m => m.DeliveryCount >= options.MaxDeliveryCount && !QueueAddress.IsDeadLetter(queue)))
        {
            await services.Store.DeadLetterAsync(message, "MaxDeliveryCountExceeded", reason.Message, CancellationToken.None);
            services.DeadLettered(queue);
        }

        foreach (var again in messages.Where(m => m.DeliveryCount < options.MaxDeliveryCount || QueueAddress.IsDeadLetter(queue)).GroupBy(m => m.DeliveryCount))
        {
            DateTimeOffset? later = options.RedeliveryDelay == TimeSpan.Zero || inSession ? null : services.Clock.GetUtcNow() + Backoff(again.Key);
            await services.Store.AbandonAsync([.. again], later, CancellationToken.None);
            if (later is null)
                given();
        }
    }

    private TimeSpan Backoff(int delivery)
    {
        var delay = options.RedeliveryDelay * Math.Pow(2, Math.Min(delivery - 1, 20));
        return delay < TimeSpan.FromMinutes(1) ? delay : TimeSpan.FromMinutes(1);
    }
}
