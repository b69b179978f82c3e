using Platform.Events;

namespace Platform.Alerts;

/// <summary>Something happened to an alert; belongs to no user.</summary>
public abstract record AlertEvent : DomainEvent
{
    public override string Topic => "alert_events";

    public override string Service => "alert-service";
}

/// <summary>An incident began.</summary>
public sealed record AlertTriggered(Guid AlertId, Guid IncidentId, string Name, AlertSeverity Severity, double? Value, string Expression) : AlertEvent
{
    public override string EventType => "alert.triggered";

    public override string? AggregateId => AlertId.ToString();
}

/// <summary>An incident ended.</summary>
public sealed record AlertResolved(Guid AlertId, Guid IncidentId, string Name, AlertSeverity Severity, string ResolvedBy, string? Reason) : AlertEvent
{
    public override string EventType => "alert.resolved";

    public override string? AggregateId => AlertId.ToString();
}

/// <summary>People are to be told of an alert. Not raised while it is muted, nor of what it does not tell of.</summary>
public sealed record AlertNotificationDue(
    Guid AlertId, AlertMessage Message, string Name, AlertSeverity Severity, string Expression, double? Value, DateTimeOffset Since, string? RunbookUrl, Guid? CreatedBy) : AlertEvent
{
    public override string EventType => "alert.notification_due";

    public override string? AggregateId => AlertId.ToString();
}
