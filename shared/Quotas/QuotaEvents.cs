using Platform.Events;

namespace Platform.Quotas;

/// <summary>A subject comes near or to a limit of its day. For a project or organization it belongs to no user.</summary>
public abstract record QuotaEvent : DomainEvent
{
    public override string Topic => "resource_events";

    public override string Service => "quota-service";
}

/// <summary>Told once per subject, quota and day.</summary>
public sealed record QuotaSoftLimitReached(
    QuotaType QuotaType, long Limit, long SoftLimit, double CurrentUsage, SubjectKind SubjectType, Guid SubjectId, DateOnly Date) : QuotaEvent
{
    public override string EventType => "quota.soft_limit_reached";

    public override string? AggregateId => SubjectId.ToString();
}

/// <summary>The first refusal of a subject, quota and day; other systems may report theirs through the API.</summary>
public sealed record QuotaExceeded(string QuotaType, double Limit, double CurrentUsage, Guid UserId, SubjectKind? SubjectType = null, Guid? SubjectId = null) : QuotaEvent
{
    public override string EventType => "quota_exceeded";

    public override string? AggregateId => SubjectId?.ToString();
}
