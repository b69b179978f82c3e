using Platform.Events;

namespace Platform.Organizations;

/// <summary>A fact about an organization and what it consists of; the organization is the aggregate, so that its facts are told in their order.</summary>
public abstract record OrganizationEvent(Guid? ActorId) : DomainEvent
{
    public override string Topic => "organization_events";

    public override string? AggregateId => OrganizationId?.ToString();

    public override string Service => "organization-service";
}

public sealed record OrganizationCreated(Guid? ActorId, string Name, string Slug) : OrganizationEvent(ActorId)
{
    public override string EventType => "organization.created";
}

public sealed record OrganizationUpdated(Guid? ActorId, string Name, string Slug) : OrganizationEvent(ActorId)
{
    public override string EventType => "organization.updated";
}

public sealed record OrganizationDeletionStarted(Guid? ActorId, string Name) : OrganizationEvent(ActorId)
{
    public override string EventType => "organization.deletion_started";
}

public sealed record OrganizationDeleted() : OrganizationEvent(ActorId: null)
{
    public override string EventType => "organization.deleted";
}

/// <summary>Rows of an organization or project could not be removed; somebody has to look at it.</summary>
public sealed record TenantCleanupFailed(string Step, string Fault) : OrganizationEvent(ActorId: null)
{
    public override string EventType => "organization.cleanup_failed";
}

public sealed record ProjectCreated(Guid? ActorId, string Name) : OrganizationEvent(ActorId)
{
    public override string EventType => "project.created";
}

public sealed record ProjectUpdated(Guid? ActorId, string Name, ProjectStatus Status) : OrganizationEvent(ActorId)
{
    public override string EventType => "project.updated";
}

public sealed record ProjectArchived(Guid? ActorId, string Name) : OrganizationEvent(ActorId)
{
    public override string EventType => "project.archived";
}

public sealed record ProjectDeleted(Guid? ActorId, string Name) : OrganizationEvent(ActorId)
{
    public override string EventType => "project.deleted";
}

/// <summary>Somebody joined; <paramref name="MemberId"/> is the membership.</summary>
public sealed record MemberAdded(Guid? ActorId, Guid UserId, Guid MemberId, OrganizationRole Role, Guid? InvitationId) : OrganizationEvent(ActorId)
{
    public override string EventType => "team.member.added";
}

/// <summary>A member's role, grants or custom roles changed.</summary>
public sealed record MemberUpdated(Guid? ActorId, Guid UserId, Guid MemberId, OrganizationRole FromRole, OrganizationRole Role, string OrganizationName) : OrganizationEvent(ActorId)
{
    public override string EventType => "team.member.updated";

    /// <summary>The role that he got beside that of his membership, when that is what changed.</summary>
    public string? AssignedRole { get; init; }
}

public sealed record MemberRemoved(Guid? ActorId, Guid UserId, Guid MemberId, OrganizationRole Role, string OrganizationName) : OrganizationEvent(ActorId)
{
    public override string EventType => "team.member.removed";
}

public sealed record InvitationCreated(Guid? ActorId, Guid InvitationId, OrganizationRole Role) : OrganizationEvent(ActorId)
{
    public override string EventType => "invitation.created";
}

public sealed record InvitationCancelled(Guid? ActorId, Guid InvitationId) : OrganizationEvent(ActorId)
{
    public override string EventType => "invitation.cancelled";
}
