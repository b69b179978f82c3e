using Microsoft.Extensions.Configuration;

namespace EmbeddedFunctions.Broker.Entities;

/// <summary>
/// The queues and topics that host.json describes under <c>extensions.serviceBus</c>, in the shape of the official emulator's configuration: <c>queues[]</c> and <c>topics[]</c> with
/// <c>name</c>, <c>properties</c>, <c>subscriptions[]</c> and their <c>rules[]</c>. What is not described has the defaults; a subscription without rules gets every message.
/// </summary>
internal sealed class BrokerEntities
{
    private static readonly EntityProperties Defaults = new();
    private readonly Dictionary<string, EntityProperties> _properties = [];
    private readonly Dictionary<(string Topic, string Name), SubscriptionDefinition> _subscriptions = [];

    public IReadOnlyDictionary<(string Topic, string Name), SubscriptionDefinition> Subscriptions => _subscriptions;

    /// <summary>The queues whose expired messages are dead-lettered.</summary>
    public IReadOnlyList<string> KeepingExpired => [.. _properties.Where(p => p.Value.DeadLetteringOnMessageExpiration).Select(p => p.Key)];

    public static BrokerEntities From(IConfiguration section)
    {
        var entities = new BrokerEntities();
        foreach (var queue in section.GetSection("queues").GetChildren())
            entities.Add(QueueAddress.Queue(Name(queue)), EntityProperties.From(queue.GetSection("properties")));
        foreach (var topic in section.GetSection("topics").GetChildren())
            entities.AddTopic(topic);
        return entities;
    }

    /// <summary>What is said of a queue, a topic or a subscription, by its address.</summary>
    public EntityProperties Of(string address) => _properties.GetValueOrDefault(address, Defaults);

    private void AddTopic(IConfigurationSection section)
    {
        var topic = QueueAddress.Queue(Name(section));
        Add(topic, EntityProperties.From(section.GetSection("properties")));
        foreach (var subscription in section.GetSection("subscriptions").GetChildren())
        {
            var name = QueueAddress.Queue(Name(subscription));
            var properties = EntityProperties.From(subscription.GetSection("properties"));
            Add(QueueAddress.Subscription(topic, name), properties);
            _subscriptions[(topic, name)] = new SubscriptionDefinition
            {
                Rules = [.. subscription.GetSection("rules").GetChildren().Select(SubscriptionRule.From)],
                RequiresSession = properties.RequiresSession,
                TimeToLive = properties.DefaultMessageTimeToLive,
            };
        }
    }

    private void Add(string address, EntityProperties properties)
    {
        if (!_properties.TryAdd(address, properties))
            throw new InvalidOperationException($"The broker's configuration describes '{address}' twice.");
    }

    private static string Name(IConfigurationSection section) =>
        section["name"] is { Length: > 0 } name ? name : throw new InvalidOperationException($"'{section.Path}' has no name.");
}
