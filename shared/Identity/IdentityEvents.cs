using Platform.Events;

namespace Platform.Identity;

/// <summary>Events about one account; the aggregate is the user.</summary>
public abstract record UserEvent(Guid UserId) : DomainEvent
{
    public override string Topic => "user_events";

    public override string? AggregateId => UserId.ToString();

    public override string Service => "user-service";
}

public sealed record UserRegistered(Guid UserId, string Username, string? Email) : UserEvent(UserId)
{
    public override string EventType => "user_registered";
}

public sealed record UserUpdated(Guid UserId, IReadOnlyList<string> UpdatedFields, Guid? UpdatedBy = null) : UserEvent(UserId)
{
    public override string EventType => "user_updated";
}

public sealed record UserDeleted(Guid UserId, Guid? DeletedBy = null, string? Reason = null) : UserEvent(UserId)
{
    public override string EventType => "user_deleted";
}

public sealed record UserLoggedIn(Guid UserId, string LoginMethod, string? IpAddress, string? UserAgent) : UserEvent(UserId)
{
    public override string EventType => "user_logged_in";
}

public sealed record UserLoggedOut(Guid UserId, string? LogoutReason) : UserEvent(UserId)
{
    public override string EventType => "user_logged_out";
}

/// <summary>A failed sign-in; belongs to nobody, since the login text proves nothing.</summary>
public sealed record AuthFailed(string? Username, string Reason, string? IpAddress) : DomainEvent
{
    public override string EventType => "auth_failed";

    public override string Topic => "security_events";

    public override string? AggregateId => null;

    public override string Service => "auth-service";
}
