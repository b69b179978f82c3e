using EmbeddedFunctions.Broker.Entities;
using Microsoft.Extensions.Configuration;

namespace EmbeddedFunctions.Startup;

/// <summary>Section <c>extensions.serviceBus</c> of host.json. The properties that Service Bus keeps per queue are here for all of them, unless <see cref="Entities"/> says otherwise of one.</summary>
internal sealed record BrokerOptions
{
    /// <summary>How many messages beyond the running ones a trigger fetches ahead.</summary>
    public int PrefetchCount { get; init; }

    /// <summary>How many messages of one trigger run at once.</summary>
    public int MaxConcurrentCalls { get; init; } = 16;

    /// <summary>How many sessions of one trigger run at once.</summary>
    public int MaxConcurrentSessions { get; init; } = 8;

    /// <summary>How many messages a function with <c>IsBatched</c> gets at most.</summary>
    public int MaxMessageBatchSize { get; init; } = 1000;

    /// <summary>How often a message is delivered before it is dead-lettered.</summary>
    public int MaxDeliveryCount { get; init; } = 10;

    /// <summary>How long a delivery is locked unless it is renewed.</summary>
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the host renews the lock of a running delivery.</summary>
    public TimeSpan MaxAutoLockRenewalDuration { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an abandoned message waits, doubling from here with each delivery up to a minute; zero for at once, as Service Bus does.</summary>
    public TimeSpan RedeliveryDelay { get; init; } = TimeSpan.Zero;

    /// <summary>What is said of single queues, topics and subscriptions.</summary>
    public BrokerEntities Entities { get; init; } = new();

    /// <summary>The options with what is said of that queue or subscription.</summary>
    public BrokerOptions For(string address)
    {
        var own = Entities.Of(address);
        return this with { LockDuration = own.LockDuration ?? LockDuration, MaxDeliveryCount = own.MaxDeliveryCount ?? MaxDeliveryCount };
    }

    public static BrokerOptions From(IConfiguration section)
    {
        var defaults = new BrokerOptions();
        return new BrokerOptions
        {
            PrefetchCount = Number(section, "prefetchCount", defaults.PrefetchCount, 0),
            MaxConcurrentCalls = Number(section, "maxConcurrentCalls", defaults.MaxConcurrentCalls, 1),
            MaxConcurrentSessions = Number(section, "maxConcurrentSessions", defaults.MaxConcurrentSessions, 1),
            MaxMessageBatchSize = Number(section, "maxMessageBatchSize", defaults.MaxMessageBatchSize, 1),
            MaxDeliveryCount = Number(section, "maxDeliveryCount", defaults.MaxDeliveryCount, 1),
            LockDuration = HostJsonOptions.Duration(section, "lockDuration", defaults.LockDuration),
            MaxAutoLockRenewalDuration = HostJsonOptions.Duration(section, "maxAutoLockRenewalDuration", defaults.MaxAutoLockRenewalDuration),
            RedeliveryDelay = HostJsonOptions.Duration(section, "redeliveryDelay", defaults.RedeliveryDelay),
            Entities = BrokerEntities.From(section),
        };
    }

    private static int Number(IConfiguration section, string key, int fallback, int minimum)
    {
        var text = section[key];
        if (string.IsNullOrEmpty(text))
            return fallback;
        return int.TryParse(text, out var value) && value >= minimum ? value : throw new InvalidOperationException($"'{key}' of the broker is '{text}'; it must be a number from {minimum}.");
    }
}
