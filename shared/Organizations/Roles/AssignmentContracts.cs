namespace Platform.Organizations;

/// <summary>Body of <c>POST /api/security/users/{userId}/roles/{roleId}</c>.</summary>
public sealed record NewAssignment
{
    /// <summary>Absent: in the whole organization.</summary>
    public Guid? ProjectId { get; init; }

    /// <summary>When it stops counting; in the future, at most a year away.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Query of <c>DELETE /api/security/users/{userId}/roles/{roleId}</c>.</summary>
public sealed record AssignmentPlace
{
    /// <summary>Absent: the assignment in the whole organization.</summary>
    public Guid? ProjectId { get; init; }
}

/// <summary>A role that a member has.</summary>
public sealed record AssignmentView(Guid UserId, Guid RoleId, string RoleName, Guid? ProjectId, DateTimeOffset? ExpiresAt, Guid? AssignedBy, DateTimeOffset AssignedAt);

/// <summary>An assignment, and whether it is new.</summary>
public sealed record Assigned(AssignmentView View, bool IsNew);

/// <summary>Answer to a removal.</summary>
public sealed record Unassigned(Guid UserId, Guid RoleId, Guid? ProjectId, bool Removed);
