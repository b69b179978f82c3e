using System.Text.Json;
using EmbeddedFunctions.Broker.Entities;
using EmbeddedFunctions.Hosting;
using EmbeddedFunctions.Storage;

namespace EmbeddedFunctions.Broker;

/// <summary>
/// The subscriptions of all topics as they were at one version. A node keeps what it has read; whoever writes messages names the version in the same statement, so that a subscription made
/// elsewhere misses nothing.
/// </summary>
internal sealed class TopicRoutes
{
    public const string IsCurrent = "(SELECT version FROM subscription_version) = @version";

    private readonly Dictionary<string, List<Route>> _topics = [];

    private TopicRoutes(long version) => Version = version;

    public long Version { get; }

    public static Task<TopicRoutes> ReadAsync(HostDatabase database, CancellationToken ct) => database.RunAsync(
        async session =>
        {
            // One statement: version and subscriptions must be of the same moment.
            var rows = await session.QueryAsync(
                "SELECT v.version, s.topic, s.name, s.definition FROM subscription_version v LEFT JOIN subscriptions s ON TRUE ORDER BY s.topic, s.name",
                static _ => { },
                static row => (Version: row.GetInt64(0), Topic: row.IsDBNull(1) ? null : row.GetString(1), Name: row.IsDBNull(2) ? "" : row.GetString(2), Definition: row.IsDBNull(3) ? null : row.GetString(3)),
                ct);
            var routes = new TopicRoutes(rows[0].Version);
            foreach (var row in rows)
            {
                if (row.Topic is { } topic)
                    routes.Add(topic, row.Name, row.Definition);
            }

            return routes;
        },
        ct);

    /// <summary>Adds the copies of a message that was sent to the name: one for each subscription that lets it in, or the message itself when the name is no topic.</summary>
    public void Deliver(string name, MessageDraft draft, TimeSpan? longest, List<MessageCopy> copies)
    {
        if (!_topics.TryGetValue(name, out var subscriptions))
        {
            copies.Add(new MessageCopy(name, draft, draft.ExpiresAt(longest), DeadLetterReason: null));
            return;
        }

        foreach (var subscription in subscriptions)
        {
            if (!subscription.LetsIn(draft.Message))
                continue;
            var expires = draft.ExpiresAt(longest is null || subscription.Definition.TimeToLive < longest ? subscription.Definition.TimeToLive ?? longest : longest);
            copies.Add(subscription.Definition.RequiresSession && string.IsNullOrEmpty(draft.Message.SessionId)
                ? new MessageCopy(QueueAddress.DeadLetter(subscription.Queue), draft, long.MaxValue, "Session ID is null.")
                : new MessageCopy(subscription.Queue, draft, expires, DeadLetterReason: null));
        }
    }

    private void Add(string topic, string name, string? json)
    {
        var definition = json is null ? new SubscriptionDefinition() : JsonSerializer.Deserialize<SubscriptionDefinition>(json)!;
        if (!_topics.TryGetValue(topic, out var subscriptions))
            _topics[topic] = subscriptions = [];
        subscriptions.Add(new Route(QueueAddress.Subscription(topic, name), definition, [.. definition.Rules.Select(r => r.Compile())]));
    }

    private sealed record Route(string Queue, SubscriptionDefinition Definition, Func<OutgoingMessage, bool>[] Rules)
    {
        public bool LetsIn(OutgoingMessage message) => Rules.Length == 0 || Array.Exists(Rules, rule => rule(message));
    }
}
