using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Worker;

namespace EmbeddedFunctions.Broker;

/// <summary>What the app's functions listen to.</summary>
internal sealed class Subscriptions
{
    public Subscriptions(FunctionCatalog catalog, SettingExpansion settings) =>
        Listeners = [.. catalog.Of(TriggerKind.ServiceBus).Select(f => Listen(f, (ServiceBusTriggerAttribute)f.Trigger, settings))];

    public IReadOnlyList<Listener> Listeners { get; }

    /// <summary>The subscriptions of topics, each once.</summary>
    public IReadOnlyCollection<(string Topic, string Name)> OfTopics => Listeners.Select(l => l.Subscription).OfType<(string, string)>().ToHashSet();

    private static Listener Listen(DiscoveredFunction function, ServiceBusTriggerAttribute trigger, SettingExpansion settings)
    {
        if (trigger.QueueName is { } name)
        {
            var queue = QueueAddress.Queue(settings.Expand(name));
            return new Listener(function, queue, queue, Subscription: null);
        }

        var topic = settings.Expand(trigger.TopicName!).ToLowerInvariant();
        var subscription = settings.Expand(trigger.SubscriptionName!).ToLowerInvariant();
        var address = QueueAddress.Subscription(topic, subscription);
        return QueueAddress.IsDeadLetter(address)
            ? new Listener(function, address, address, Subscription: null)
            : new Listener(function, address, topic, (topic, subscription));
    }
}

/// <param name="Function">The function.</param>
/// <param name="Queue">The queue that it reads.</param>
/// <param name="SentTo">The name under which senders address it.</param>
/// <param name="Subscription">The topic's subscription, when it reads one.</param>
internal sealed record Listener(DiscoveredFunction Function, string Queue, string SentTo, (string Topic, string Name)? Subscription);
