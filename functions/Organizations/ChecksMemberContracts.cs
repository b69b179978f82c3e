using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Body of <c>PUT /api/organizations/members/{memberId}</c>; the projects count for <c>project_admin</c> and <c>project_editor</c> only, which need some.</summary>
public sealed record MemberRoleBody([property: Required] InvitableRole? Role)
{
    /// <summary>Project ids, or objects with <c>projectId</c>.</summary>
    [MaxLength(ProjectSelection.MaxProjects)]
    public IReadOnlyList<JsonElement> ProjectAssignments { get; init; } = [];
}

/// <summary>Body of <c>POST /api/organizations/members/invite</c>; the projects count for <c>project_admin</c> and <c>project_editor</c> only, which need some.</summary>
public sealed record InviteBody([property: Required, StringLength(254), EmailForm] string Email, [property: Required] InvitableRole? Role)
{
    /// <summary>Project ids, or objects with <c>projectId</c> or <c>id</c>.</summary>
    [MaxLength(ProjectSelection.MaxProjects)]
    public IReadOnlyList<JsonElement> SelectedProjects { get; init; } = [];
}

public sealed record MemberProject(Guid ProjectId, string ProjectName);

public sealed record MemberRow(Guid Id, string Name, string? Email, ChecksRole Role, DateTimeOffset JoinedAt, IReadOnlyList<MemberProject> Projects)
{
    public static MemberRow From(MemberDetails member) => new(
        member.UserId, member.DisplayName, member.Email, ChecksRoles.Of(member.Role, member.Grants.Select(grant => grant.Role)), member.JoinedAt,
        [.. member.Grants.Select(grant => new MemberProject(grant.ProjectId, grant.ProjectName))]);
}

public enum ChecksInvitationStatus
{
    Pending,
    Accepted,
    Cancelled,
    Expired,
}

public sealed record InvitationRow(Guid Id, string Email, ChecksRole Role, ChecksInvitationStatus Status, DateTimeOffset ExpiresAt, string? InviterName, string? InviterEmail)
{
    public static InvitationRow From(InvitationDetails details) => new(
        details.Invitation.Id, details.Invitation.Email, RoleOf(details.Invitation), StatusOf(details.State), details.Invitation.ExpiresAt, details.InviterName, details.InviterEmail);

    public static ChecksRole RoleOf(Invitation invitation) => ChecksRoles.Of(invitation.Role, invitation.ProjectGrants.Select(grant => grant.Role));

    public static ChecksInvitationStatus StatusOf(InvitationState state) => state switch
    {
        InvitationState.Accepted => ChecksInvitationStatus.Accepted,
        InvitationState.Revoked => ChecksInvitationStatus.Cancelled,
        InvitationState.Expired => ChecksInvitationStatus.Expired,
        _ => ChecksInvitationStatus.Pending,
    };
}

public sealed record MemberList(IReadOnlyList<MemberRow> Members, IReadOnlyList<InvitationRow> Invitations, ChecksRole CurrentUserRole);

public sealed record MemberRoleChanged(Guid MemberId, ChecksRole NewRole, ChecksRole OldRole);

public sealed record MemberGone(Guid MemberId, ChecksRole RemovedRole);

public sealed record MemberGrant(Guid ProjectId, string ProjectName, ChecksRole Role);

/// <summary>A member's grants in the active organization.</summary>
public sealed record MemberGrants(Guid UserId, ChecksRole Role, IReadOnlyList<MemberGrant> Projects);

/// <summary>An invitation that was sent; the link is shown this once.</summary>
public sealed record InvitationSent(
    Guid Id, string Email, ChecksRole Role, ChecksInvitationStatus Status, DateTimeOffset ExpiresAt, string InviteLink, bool EmailSent, string? EmailError)
{
    public static InvitationSent From(SentInvitation sent) => new(
        sent.Invitation.Id, sent.Invitation.Email, InvitationRow.RoleOf(sent.Invitation), ChecksInvitationStatus.Pending, sent.Invitation.ExpiresAt, sent.Link,
        sent.Invitation.EmailStatus == InvitationEmailStatus.Sent, Problem(sent.Invitation.EmailStatus));

    private static string? Problem(InvitationEmailStatus status) => status switch
    {
        InvitationEmailStatus.Sent => null,
        InvitationEmailStatus.Disabled => "No mail server is configured",
        _ => "The mail could not be delivered",
    };
}

/// <summary>What the holder of an invitation's link is shown.</summary>
public sealed record InvitationShown(string OrganizationName, string Email, ChecksRole Role, DateTimeOffset ExpiresAt, string? InviterName, string? InviterEmail)
{
    public static InvitationShown From(InvitationDetails details) => new(
        details.OrganizationName, details.Invitation.Email, InvitationRow.RoleOf(details.Invitation), details.Invitation.ExpiresAt, details.InviterName, details.InviterEmail);
}

public sealed record InvitationJoined(string OrganizationName, ChecksRole Role, string Message);
