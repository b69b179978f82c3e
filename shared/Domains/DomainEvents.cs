using Platform.Data;
using Platform.Events;

namespace Platform.Domains;

/// <summary>Something happened to a domain of a project.</summary>
public abstract record DomainFact(Guid DomainId, string Name) : DomainEvent
{
    public override string Topic => "domain_events";

    public override string? AggregateId => DomainId.ToString();

    public override string Service => "domain-service";
}

public sealed record DomainAdded(Guid DomainId, string Name) : DomainFact(DomainId, Name)
{
    public override string EventType => "domain.added";
}

public sealed record DomainRemoved(Guid DomainId, string Name) : DomainFact(DomainId, Name)
{
    public override string EventType => "domain.removed";
}

public sealed record DomainVerified(Guid DomainId, string Name) : DomainFact(DomainId, Name)
{
    public override string EventType => "domain.verified";
}

/// <summary>It is not looked at any more. <paramref name="WasVerified"/> tells whether it was in use until now.</summary>
public sealed record DomainFailed(Guid DomainId, string Name, DomainFault Fault, bool WasVerified) : DomainFact(DomainId, Name)
{
    public override string EventType => "domain.failed";
}

internal static class DomainFacts
{
    /// <summary>Raises the fact in the name of the domain's project.</summary>
    public static void Raise(this PlatformDbContext db, Domain domain, DomainFact fact) =>
        db.Raise(fact with { OrganizationId = domain.OrganizationId, ProjectId = domain.ProjectId });
}
