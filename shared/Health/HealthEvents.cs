using System.Text.Json.Serialization;
using Platform.Events;

namespace Platform.Health;

/// <summary>A component began or ceased to be unhealthy; raised once per change, however many hosts see it.</summary>
public abstract record HealthEvent(string ServiceName, string HealthCheck) : DomainEvent
{
    [JsonIgnore]
    public override string Topic => "system_events";

    [JsonIgnore]
    public override string? AggregateId => HealthCheck;

    [JsonIgnore]
    public override string Service => "health-prober";
}

public sealed record ServiceUnhealthy(string ServiceName, string HealthCheck, string Reason) : HealthEvent(ServiceName, HealthCheck)
{
    public override string EventType => "service_unhealthy";
}

public sealed record ServiceRecovered(string ServiceName, string HealthCheck, double DowntimeSeconds) : HealthEvent(ServiceName, HealthCheck)
{
    public override string EventType => "service_recovered";
}
