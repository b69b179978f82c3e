namespace Platform.Domains;

/// <summary>What a domain leads to: the latest build of a branch, or a function.</summary>
public sealed record DomainTarget(DomainTargetType Type, Guid? FunctionId, string? Branch);

/// <summary>A domain as a caller wishes it; the name is normalized.</summary>
public sealed record DomainDraft(string Name, DomainTarget? Target, string? RedirectTo);

/// <summary>What to change of a domain; what is not named stays.</summary>
public sealed record DomainChange
{
    public bool NamesTarget { get; init; }

    public DomainTarget? Target { get; init; }

    public bool? IsPrimary { get; init; }

    public bool NamesRedirect { get; init; }

    public string? RedirectTo { get; init; }

    /// <summary>Look for the record now.</summary>
    public bool Verify { get; init; }
}

/// <summary>Which domains a list shows.</summary>
public sealed record DomainFilter
{
    /// <summary>Null: those of all projects that the caller reaches.</summary>
    public Guid? ProjectId { get; init; }

    /// <summary>Any of these; empty for all.</summary>
    public IReadOnlyCollection<DomainStatus> Statuses { get; init; } = [];

    /// <summary>A part of the name, without regard to case.</summary>
    public string? Search { get; init; }
}
