using Platform.Identity;

namespace Platform.Audit;

/// <summary>Which entries of the caller's organization are wanted; an empty list or null does not restrict.</summary>
public sealed record AuditQuery
{
    /// <summary>The right with which the caller reads.</summary>
    public string Permission { get; init; } = Permissions.AuditRead;

    /// <summary>Actions, or with a star at the end their beginnings (<c>team.*</c>).</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];

    /// <summary>Beginnings of actions that are left out.</summary>
    public IReadOnlyList<string> ActionsHidden { get; init; } = [];

    public IReadOnlyList<Guid> ActorIds { get; init; } = [];

    public IReadOnlyList<AuditActor> ActorTypes { get; init; } = [];

    public IReadOnlyList<string> ResourceTypes { get; init; } = [];

    public IReadOnlyList<string> ResourceIds { get; init; } = [];

    public IReadOnlyList<Guid> ProjectIds { get; init; } = [];

    public IReadOnlyList<AuditOutcome> Outcomes { get; init; } = [];

    public IReadOnlyList<string> IpAddresses { get; init; } = [];

    /// <summary>Part of the resource's or the actor's name.</summary>
    public string? Search { get; init; }

    /// <summary>With <see cref="Search"/>: actions that it means, too.</summary>
    public IReadOnlyList<string>? SearchedActions { get; init; }

    /// <summary>A user who is the actor or the resource.</summary>
    public Guid? About { get; init; }

    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive.</summary>
    public DateTimeOffset? To { get; init; }

    public bool OldestFirst { get; init; }

    public int Limit { get; init; } = 50;

    public int Offset { get; init; }
}

/// <summary>An entry with the names of its actor as they are now; null when there is none (any more).</summary>
public sealed record AuditRecord(AuditEntry Entry, AuditUser? Actor);

public sealed record AuditUser(Guid Id, string Username, string DisplayName, string? Email);
