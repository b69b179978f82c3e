using System.Text.Json;

namespace Platform.Events;

/// <summary>Something of the catalogue that other systems report through the API; nothing in the platform raises it by itself.</summary>
public abstract record ReportedEvent : DomainEvent
{
    public override string? AggregateId => null;
}

public sealed record UserLogin(Guid UserId, string LoginMethod, string? IpAddress = null, string? UserAgent = null) : ReportedEvent
{
    public override string EventType => "user_login";

    public override string Topic => "user_events";
}

public sealed record SecurityViolation(string ViolationType, JsonElement Details, Guid? UserId = null, string? IpAddress = null) : ReportedEvent
{
    public override string EventType => "security_violation";

    public override string Topic => "security_events";
}

public sealed record ResourceLimitExceeded(string ResourceType, double Limit, double Requested, Guid? UserId = null) : ReportedEvent
{
    public override string EventType => "resource_limit_exceeded";

    public override string Topic => "resource_events";
}
