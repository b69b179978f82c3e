using Platform.Data;

namespace Platform.Organizations;

/// <summary>A grant of a built-in project role to a member; at most one per user and project.</summary>
public sealed class RoleAssignment : IOrganizationOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid UserId { get; init; }

    public required Guid ProjectId { get; init; }

    public required ProjectRole Role { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public Guid? AssignedBy { get; init; }

    public required DateTimeOffset AssignedAt { get; init; }
}
