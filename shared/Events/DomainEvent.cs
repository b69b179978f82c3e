using System.Text.Json.Serialization;

namespace Platform.Events;

/// <summary>
/// A fact that a service raises in its unit of work; stored in the same transaction as the change and delivered after the commit.
/// A record per event type; its public members are the payload (snake_case on the wire, required members are the type's required payload fields).
/// </summary>
public abstract record DomainEvent
{
    /// <summary>Stored type, e.g. <c>execution_requested</c> or <c>build.started</c>.</summary>
    [JsonIgnore]
    public abstract string EventType { get; }

    /// <summary>Topic of executions.md §2.5 (dead-letter policies are per topic).</summary>
    [JsonIgnore]
    public abstract string Topic { get; }

    /// <summary>What the event is about: an execution id, <c>user_settings_{id}</c>, …; events of one aggregate are delivered in order.</summary>
    [JsonIgnore]
    public abstract string? AggregateId { get; }

    /// <summary><c>metadata.service_name</c>; names that begin with <c>system-</c> mark system events of an execution.</summary>
    [JsonIgnore]
    public virtual string Service => "platform";

    /// <summary>The user to whom the event belongs; null = the caller of the unit of work.</summary>
    [JsonIgnore]
    public Guid? OwnerId { get; init; }

    [JsonIgnore]
    public Guid? OrganizationId { get; init; }

    [JsonIgnore]
    public Guid? ProjectId { get; init; }

    /// <summary>When it happened; null = now.</summary>
    [JsonIgnore]
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Correlation id; null = the one of the unit of work.</summary>
    [JsonIgnore]
    public string? CorrelationId { get; init; }

    [JsonIgnore]
    public Guid? CausationId { get; init; }
}
