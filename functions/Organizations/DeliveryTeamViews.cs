using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

public sealed record TeamMemberRole(Guid RoleId, string Name, Guid? ProjectId, DateTimeOffset? ExpiresAt);

public sealed record TeamInvitationState(DateTimeOffset ExpiresAt, int ResentCount, DateTimeOffset LastSentAt, InvitationEmailStatus EmailStatus);

/// <summary>A member, or somebody who is invited; the id is the membership's or the invitation's.</summary>
public record TeamMember
{
    public required Guid Id { get; init; }

    public required TeamStatus Status { get; init; }

    public Guid? UserId { get; init; }

    public string? Email { get; init; }

    public string? Name { get; init; }

    public string? AvatarUrl { get; init; }

    public required OrganizationRole Role { get; init; }

    public IReadOnlyList<TeamMemberRole> CustomRoles { get; init; } = [];

    public Guid? InvitedBy { get; init; }

    /// <summary>Null for members.</summary>
    public DateTimeOffset? InvitedAt { get; init; }

    public DateTimeOffset? JoinedAt { get; init; }

    public DateTimeOffset? LastActiveAt { get; init; }

    public TeamInvitationState? Invitation { get; init; }

    internal static TeamMember Of(TeamEntry entry) => entry.Member is { } member ? Of(entry, member, entry.Person!) : Of(entry, entry.Invitation!);

    private static TeamMember Of(TeamEntry entry, Membership member, TeamPerson person) => new()
    {
        Id = member.Id,
        Status = TeamStatus.Active,
        UserId = person.UserId,
        Email = person.Email,
        Name = person.Name,
        AvatarUrl = person.AvatarUrl,
        Role = member.Role,
        CustomRoles = Roles(entry),
        InvitedBy = member.InvitedBy,
        JoinedAt = member.JoinedAt,
        LastActiveAt = member.LastActiveAt,
    };

    private static TeamMember Of(TeamEntry entry, Invitation invitation) => new()
    {
        Id = invitation.Id,
        Status = TeamStatus.Pending,
        Email = invitation.Email,
        Role = invitation.Role,
        CustomRoles = Roles(entry),
        InvitedBy = invitation.InviterId,
        InvitedAt = invitation.CreatedAt,
        Invitation = new TeamInvitationState(invitation.ExpiresAt, invitation.ResentCount, invitation.LastSentAt, invitation.EmailStatus),
    };

    private static IReadOnlyList<TeamMemberRole> Roles(TeamEntry entry) => [.. entry.Roles.Select(role => new TeamMemberRole(role.RoleId, role.Name, role.ProjectId, role.ExpiresAt))];
}

/// <summary>Somebody who is invited; the link is shown this once.</summary>
public sealed record InvitedMember : TeamMember
{
    [SetsRequiredMembers]
    public InvitedMember(TeamMember member, string inviteUrl)
        : base(member) => InviteUrl = inviteUrl;

    public string InviteUrl { get; }
}

public sealed record TeamProject(Guid Id, string Name);

/// <summary>A member with what he may do in the organization as a whole, and its projects.</summary>
public sealed record TeamMemberDetails : TeamMember
{
    [SetsRequiredMembers]
    public TeamMemberDetails(TeamMember member)
        : base(member)
    {
    }

    public IReadOnlyList<string> EffectivePermissions { get; init; } = [];

    public IReadOnlyList<TeamProject> Projects { get; init; } = [];

    /// <summary>Access tokens of his that work here, for himself and for those who manage the team.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? TokenCount { get; init; }
}

/// <summary>What became of one of several addresses.</summary>
public sealed record InviteResult(string Email, InvitedMember? Member, string? Error, string? Code);

public sealed record InviteResults(IReadOnlyList<InviteResult> Results);

public sealed record TeamMemberRemoved(Guid Id, bool Removed);

public sealed record OrganizationName(Guid Id, string Name);

public sealed record TeamJoined(TeamMember Member, OrganizationName Organization);

/// <summary>An open invitation to the caller's own address; its link came by mail.</summary>
public sealed record ReceivedInvitation(Guid Id, string Email, OrganizationRole Role, string? Message, DateTimeOffset InvitedAt, DateTimeOffset ExpiresAt, OrganizationName Organization, string? InvitedBy);
