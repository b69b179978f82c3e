using Platform.Events;

namespace Platform.RateLimits;

/// <summary>A bucket refused its first request of a window.</summary>
public sealed record RateLimitExceeded(Guid? UserId, string Endpoint, int Limit, int WindowSeconds) : DomainEvent
{
    public override string EventType => "rate_limit_exceeded";

    public override string Topic => "security_events";

    public override string? AggregateId => null;

    public override string Service => "rate-limiter";
}
