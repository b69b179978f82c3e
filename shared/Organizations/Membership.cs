using Platform.Data;

namespace Platform.Organizations;

/// <summary>Built-in roles of an organization, the strongest first.</summary>
public enum OrganizationRole
{
    Owner,
    Admin,
    Member,
    Viewer,
}

/// <summary>A user's place in an organization.</summary>
public sealed class Membership : IOrganizationOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid UserId { get; init; }

    public required OrganizationRole Role { get; set; }

    /// <summary>Counts as viewer outside the projects of his grants.</summary>
    public bool ProjectBound { get; set; }

    public Guid? InvitedBy { get; init; }

    public required DateTimeOffset JoinedAt { get; init; }

    public DateTimeOffset? LastActiveAt { get; set; }

    /// <summary>The project that was active last while this was the member's active organization.</summary>
    public Guid? LastProjectId { get; set; }
}
