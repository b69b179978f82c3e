namespace Platform.Organizations;

/// <summary>A built-in project role on one project.</summary>
public sealed record ProjectGrant(Guid ProjectId, ProjectRole Role);

/// <summary>What a member is to become.</summary>
public sealed record MemberChange
{
    public required Guid UserId { get; init; }

    /// <summary>Null leaves the membership's role as it is.</summary>
    public OrganizationRole? Role { get; init; }

    /// <summary>Whether the role counts on the projects of his grants only; goes with <see cref="Role"/>.</summary>
    public bool ProjectBound { get; init; }

    /// <summary>Replaces his grants; null leaves them.</summary>
    public IReadOnlyList<ProjectGrant>? Grants { get; init; }

    /// <summary>Replaces his custom roles in the whole organization; null leaves them.</summary>
    public IReadOnlyList<Guid>? CustomRoleIds { get; init; }

    /// <summary>Refuses to touch an owner, whoever asks.</summary>
    public bool SparesOwners { get; init; }
}

/// <summary>A member after a change of his rights.</summary>
public sealed record MemberChanged(Membership Member, OrganizationRole OldRole, bool WasProjectBound, IReadOnlyList<ProjectGrant> OldGrants);

/// <summary>A member with his person and his grants on projects.</summary>
public sealed record MemberDetails
{
    public required Guid MemberId { get; init; }

    public required Guid UserId { get; init; }

    public required string Username { get; init; }

    public required string DisplayName { get; init; }

    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public string? Email { get; init; }

    public string? AvatarUrl { get; init; }

    public required OrganizationRole Role { get; init; }

    public required bool ProjectBound { get; init; }

    public Guid? InvitedBy { get; init; }

    public required DateTimeOffset JoinedAt { get; init; }

    public DateTimeOffset? LastActiveAt { get; init; }

    public IReadOnlyList<GrantDetails> Grants { get; init; } = [];
}

public sealed record GrantDetails(Guid ProjectId, string ProjectName, ProjectRole Role);
