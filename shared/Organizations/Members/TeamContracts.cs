namespace Platform.Organizations;

public enum TeamStatus
{
    Pending,
    Active,
}

/// <summary>What the list of a team is narrowed to and sorted by.</summary>
public sealed record TeamSearch
{
    /// <summary>Null: members and open invitations.</summary>
    public TeamStatus? Status { get; init; }

    public OrganizationRole? Role { get; init; }

    /// <summary>A part of name or e-mail, in any case.</summary>
    public string? Text { get; init; }

    /// <summary>Who has this custom role, somewhere in the organization.</summary>
    public Guid? CustomRoleId { get; init; }

    public TeamOrder Order { get; init; }

    public bool Descending { get; init; } = true;

    public int Limit { get; init; } = 50;

    public int Offset { get; init; }
}

public enum TeamOrder
{
    JoinedAt,
    Name,
    LastActiveAt,
    Role,
}

/// <summary>A role that somebody has, or is offered, beside that of his membership; a grant counts as the built-in role that it stands for.</summary>
public sealed record TeamRole(Guid RoleId, string Name, Guid? ProjectId, DateTimeOffset? ExpiresAt);

/// <summary>A member with his person, or an open invitation.</summary>
public sealed record TeamEntry(Membership? Member, TeamPerson? Person, Invitation? Invitation, IReadOnlyList<TeamRole> Roles);

public sealed record TeamPerson(Guid UserId, string? Email, string Name, string? AvatarUrl);
