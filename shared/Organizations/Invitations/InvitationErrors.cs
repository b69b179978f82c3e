namespace Platform.Organizations;

public static class InvitationErrors
{
    public static readonly Error NotFound = Error.NotFound("invitation.not_found", "Invitation not found");
    public static readonly Error AlreadyMember = Error.Conflict("invitation.already_member", "User is already a member of this organization");
    public static readonly Error AlreadyInvited = Error.Conflict("invitation.already_invited", "A pending invitation already exists for this email");
    public static readonly Error LimitReached = Error.Conflict("invitation.invitation_limit", "The organization has as many open invitations as are allowed");
    public static readonly Error Accepted = Error.Conflict("invitation.already_accepted", "The invitation has been accepted");
    public static readonly Error ResendLimit = Error.Conflict("invitation.resend_limit", "The invitation cannot be sent again");
    public static readonly Error ProjectsNeeded = Error.Invalid("invitation.projects_needed", "Project roles need at least one project");

    /// <summary>The link of an invitation that is over.</summary>
    public static readonly Error Revoked = Error.BadState("invitation.invitation_revoked", "The invitation has been withdrawn");
    public static readonly Error Expired = Error.BadState("invitation.invitation_expired", "Invitation has expired");
    public static readonly Error Used = Error.BadState("invitation.invitation_used", "The invitation has been used");

    public static readonly Error WrongAccount = Error.Forbidden("invitation.wrong_account", "This invitation is for a different email address");
    public static readonly Error Unverified = Error.Forbidden("invitation.email_unverified", "Email verification required");

    public static Error TooSoon(TimeSpan wait) => new(ErrorKind.RateLimited, "invitation.rate_limited", "The invitation was sent a moment ago") { RetryAfter = wait };
}
