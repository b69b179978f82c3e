namespace Platform.Organizations;

/// <summary>Who is invited to what.</summary>
public sealed record NewInvitation(string Email, OrganizationRole Role)
{
    /// <summary>The role counts on the projects of the grants only; there must be some.</summary>
    public bool ProjectBound { get; init; }

    public IReadOnlyList<ProjectGrant> Grants { get; init; } = [];

    public IReadOnlyList<Guid> CustomRoleIds { get; init; } = [];

    /// <summary>The project on which the custom roles count; null: in the whole organization.</summary>
    public Guid? RolesProjectId { get; init; }

    public string? Message { get; init; }
}

/// <summary>What a waiting invitation is to offer instead; null members stay.</summary>
public sealed record InvitationChange(OrganizationRole? Role, IReadOnlyList<Guid>? CustomRoleIds);

/// <summary>An invitation whose mail was sent or tried; the link is shown to the sender this once.</summary>
public sealed record SentInvitation(Invitation Invitation, string Link);

/// <summary>An invitation with the names of its organization and inviter.</summary>
public sealed record InvitationDetails(Invitation Invitation, InvitationState State, string OrganizationName, string? InviterName, string? InviterEmail);

/// <summary>How an invitation ended well; <paramref name="WasMember"/>: there was nothing to do.</summary>
public sealed record Joined(Membership Member, string OrganizationName, IReadOnlyList<ProjectGrant> Grants, bool WasMember);
