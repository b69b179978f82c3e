using EmbeddedFunctions.Broker.Entities;
using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Worker;

namespace EmbeddedFunctions.Broker;

/// <summary>What the app's functions listen to, and what its configuration says of it.</summary>
internal sealed class Subscriptions
{
    private readonly HashSet<string> _sessionQueues;

    public Subscriptions(FunctionCatalog catalog, SettingExpansion settings, HostJsonOptions options)
    {
        Listeners = [.. catalog.Of(TriggerKind.ServiceBus).Select(f => Listen(f, (ServiceBusTriggerAttribute)f.Trigger, settings))];
        var entities = options.Broker.Entities;
        _sessionQueues = [.. Listeners.Where(l => l.Trigger.IsSessionsEnabled && l.Subscription is null).Select(l => l.Queue)];
        var definitions = entities.Subscriptions.ToDictionary();
        foreach (var listener in Listeners)
        {
            if (entities.Of(listener.Queue).RequiresSession && !listener.Trigger.IsSessionsEnabled)
                throw new InvalidOperationException($"'{listener.Queue}' requires sessions by the configuration; {listener.Function.Name} must set IsSessionsEnabled.");
            if (listener.Subscription is { } subscription)
                definitions[subscription] = definitions.GetValueOrDefault(subscription, new SubscriptionDefinition()) with { RequiresSession = listener.Trigger.IsSessionsEnabled };
        }

        OfTopics = definitions;
    }

    public IReadOnlyList<Listener> Listeners { get; }

    /// <summary>The subscriptions of topics: those with a function, and those that the configuration names.</summary>
    public IReadOnlyDictionary<(string Topic, string Name), SubscriptionDefinition> OfTopics { get; }

    /// <summary>Whether messages to that queue must have a session id.</summary>
    public bool NeedsSession(string queue) => _sessionQueues.Contains(queue);

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
internal sealed record Listener(DiscoveredFunction Function, string Queue, string SentTo, (string Topic, string Name)? Subscription)
{
    public ServiceBusTriggerAttribute Trigger => (ServiceBusTriggerAttribute)Function.Trigger;
}
