using Platform.Data;

namespace Platform.Organizations;

/// <summary>
/// A role given to a member beside that of his membership: a custom role in the whole organization or on one project, or a built-in project role on one project
/// (a grant; at most one of the three per user and project). One per user, role and project.
/// </summary>
public sealed class RoleAssignment : IOrganizationOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>A <see cref="Role"/> of the organization, or one of <see cref="BuiltInRoles"/>.</summary>
    public required Guid RoleId { get; set; }

    /// <summary>Null: in the whole organization.</summary>
    public Guid? ProjectId { get; init; }

    /// <summary>When it stops counting; rows past it are deleted by a timer.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    public Guid? AssignedBy { get; init; }

    public required DateTimeOffset AssignedAt { get; init; }
}
