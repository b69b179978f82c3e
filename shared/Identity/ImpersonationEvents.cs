namespace Platform.Identity;

/// <summary>An operator acts as the user from now on; the event is the user's.</summary>
public sealed record ImpersonationStarted(Guid UserId, Guid ImpersonatedBy, DateTimeOffset EndsAt) : UserEvent(UserId)
{
    public override string EventType => "impersonation.started";

    public override string Topic => "security_events";
}

public sealed record ImpersonationEnded(Guid UserId, Guid ImpersonatedBy) : UserEvent(UserId)
{
    public override string EventType => "impersonation.ended";

    public override string Topic => "security_events";
}
