using Microsoft.Extensions.Configuration;

namespace EmbeddedFunctions.Durable;

/// <summary>Limits of the engine; <c>extensions.durableTask</c> of host.json.</summary>
internal sealed record DurableOptions
{
    public const string Section = "AzureFunctionsJobHost:extensions:durableTask";

    /// <summary><c>maxConcurrentActivityFunctions</c>: activities at the same time on this node.</summary>
    public int MaxConcurrentActivities { get; init; } = 10 * Environment.ProcessorCount;

    /// <summary><c>maxConcurrentEntityFunctions</c>: entities that run operations at the same time on this node.</summary>
    public int MaxConcurrentEntities { get; init; } = 10 * Environment.ProcessorCount;

    /// <summary><c>maxEntityOperationBatchSize</c>: operations of one entity that are committed together.</summary>
    public int MaxEntityBatch { get; init; } = 50;

    /// <summary><c>storageProvider.partitionCount</c>: fixed once the store is made.</summary>
    public int Partitions { get; init; } = 32;

    /// <summary><c>maxCachedInstances</c>: waiting instances that stay in memory on this node; those that have waited longest are dropped first.</summary>
    public int MaxCachedInstances { get; init; } = 20_000;

    /// <summary><c>instanceIdleTimeout</c>: how long a waiting instance stays in memory.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary><c>defaultVersion</c>: of orchestrations that are started without a version; null for none.</summary>
    public string? DefaultVersion { get; init; }

    /// <summary>Which orchestrations run here by their version.</summary>
    public VersionRule Versions { get; init; } = VersionRule.Everything;

    public int MaxConcurrentLoads { get; init; } = 16;

    /// <summary><c>storageProvider.leaseInterval</c>: a node that has not been heard of for this long loses its partitions. The others notice with their next
    /// heartbeat, so that both together are how long a takeover may take; 10 s is the promise.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary><c>storageProvider.leaseRenewInterval</c>.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a node looks for messages of which it was not told.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(1);

    public static DurableOptions From(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var defaults = new DurableOptions();
        var version = section["defaultVersion"] is { Length: > 0 } text ? text : null;
        return defaults with
        {
            MaxConcurrentActivities = section.GetValue("maxConcurrentActivityFunctions", defaults.MaxConcurrentActivities),
            MaxConcurrentEntities = section.GetValue("maxConcurrentEntityFunctions", defaults.MaxConcurrentEntities),
            MaxEntityBatch = section.GetValue("maxEntityOperationBatchSize", defaults.MaxEntityBatch),
            Partitions = section.GetValue("storageProvider:partitionCount", defaults.Partitions),
            Lease = section.GetValue("storageProvider:leaseInterval", defaults.Lease),
            HeartbeatInterval = section.GetValue("storageProvider:leaseRenewInterval", defaults.HeartbeatInterval),
            MaxCachedInstances = section.GetValue("maxCachedInstances", defaults.MaxCachedInstances),
            IdleTimeout = section.GetValue("instanceIdleTimeout", defaults.IdleTimeout),
            DefaultVersion = version,
            Versions = VersionRule.From(section, version),
        };
    }
}
