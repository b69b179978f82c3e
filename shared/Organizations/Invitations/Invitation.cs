using Platform.Data;

namespace Platform.Organizations;

public enum InvitationState
{
    Pending,
    Accepted,
    Revoked,
    Expired,
}

/// <summary>What became of the mail that carries the link.</summary>
public enum InvitationEmailStatus
{
    Queued,
    Sent,
    Failed,

    /// <summary>No mail server is configured.</summary>
    Disabled,
}

/// <summary>An offer to an e-mail address to join an organization. One waits per organization and address; its link works once.</summary>
public sealed class Invitation : IOrganizationOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Email { get; init; }

    /// <summary>The address in lower case.</summary>
    public required string EmailKey { get; init; }

    public required OrganizationRole Role { get; set; }

    /// <summary>The member will count as viewer outside the projects of his grants.</summary>
    public bool ProjectBound { get; set; }

    public IReadOnlyList<Guid> CustomRoleIds { get; set; } = [];

    /// <summary>The project on which the custom roles count; null: in the whole organization.</summary>
    public Guid? RolesProjectId { get; set; }

    public IReadOnlyList<ProjectGrant> ProjectGrants { get; set; } = [];

    /// <summary>Plain text of the inviter, for the mail.</summary>
    public string? Message { get; init; }

    /// <summary>SHA-256 of the token in the link, hex.</summary>
    public required string TokenHash { get; set; }

    public InvitationState State { get; private set; }

    public required DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Who invited or sent again last; his right to give the role is looked at again when the invitation is accepted.</summary>
    public required Guid InviterId { get; set; }

    public int ResentCount { get; private set; }

    public required DateTimeOffset LastSentAt { get; set; }

    public InvitationEmailStatus EmailStatus { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was accepted, withdrawn or found expired.</summary>
    public DateTimeOffset? ClosedAt { get; private set; }

    /// <summary>The state now: the expiry acts before the sweep writes it down.</summary>
    public InvitationState StateAt(DateTimeOffset now) => State == InvitationState.Pending && ExpiresAt <= now ? InvitationState.Expired : State;

    /// <summary>Why its link does not work; null when it does.</summary>
    public Error? RefusalAt(DateTimeOffset now) => StateAt(now) switch
    {
        InvitationState.Accepted => InvitationErrors.Used,
        InvitationState.Revoked => InvitationErrors.Revoked,
        InvitationState.Expired => InvitationErrors.Expired,
        _ => null,
    };

    /// <summary>Withdraws it; one that is accepted stays.</summary>
    public Error? Revoke(DateTimeOffset now)
    {
        if (State == InvitationState.Accepted)
            return InvitationErrors.Accepted;
        (State, ClosedAt) = (InvitationState.Revoked, now);
        return null;
    }

    /// <summary>Gives it a new link and a new term; the old link is dead.</summary>
    public Error? SendAgain(string tokenHash, Guid senderId, DateTimeOffset now, TimeSpan term)
    {
        if (State == InvitationState.Accepted)
            return InvitationErrors.Accepted;
        if (State == InvitationState.Revoked)
            return InvitationErrors.Revoked;
        if (ResentCount >= MaxResends)
            return InvitationErrors.ResendLimit;
        if (LastSentAt + ResendPause > now)
            return InvitationErrors.TooSoon(LastSentAt + ResendPause - now);
        (State, ClosedAt, TokenHash, InviterId) = (InvitationState.Pending, null, tokenHash, senderId);
        (ExpiresAt, LastSentAt, EmailStatus) = (now + term, now, InvitationEmailStatus.Queued);
        ResentCount++;
        return null;
    }

    private const int MaxResends = 10;
    private static readonly TimeSpan ResendPause = TimeSpan.FromMinutes(1);
}
