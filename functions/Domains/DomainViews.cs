using Platform.Domains;

namespace Platform.Functions.Domains;

/// <summary>The record that has to be set.</summary>
public sealed record DomainRecordView(string Type, string Name, string Value);

/// <summary>A domain and the state of its verification.</summary>
public sealed record DomainView
{
    public required Guid Id { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Name { get; init; }

    public required DomainTarget? Target { get; init; }

    public required bool IsPrimary { get; init; }

    public required string? RedirectTo { get; init; }

    public required DomainStatus Status { get; init; }

    public required DomainRecordView Verification { get; init; }

    public required DateTimeOffset? VerifiedAt { get; init; }

    public required DateTimeOffset? LastCheckedAt { get; init; }

    /// <summary>Null when it is not looked at any more.</summary>
    public required DateTimeOffset? NextCheckAt { get; init; }

    /// <summary>Checks in a row that did not verify it.</summary>
    public required int FailureCount { get; init; }

    public required DomainFault? LastError { get; init; }

    /// <summary>The values that the last check found instead.</summary>
    public required IReadOnlyList<string> FoundValues { get; init; }

    public required Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static DomainView Of(Domain domain) => new()
    {
        Id = domain.Id,
        ProjectId = domain.ProjectId,
        Name = domain.Name,
        Target = domain.TargetType is { } type ? new DomainTarget(type, domain.TargetFunctionId, domain.TargetBranch) : null,
        IsPrimary = domain.IsPrimary,
        RedirectTo = domain.RedirectTo,
        Status = domain.Status,
        Verification = new DomainRecordView("TXT", domain.RecordName, domain.RecordValue),
        VerifiedAt = domain.VerifiedAt,
        LastCheckedAt = domain.LastCheckedAt,
        NextCheckAt = domain.NextCheckAt,
        FailureCount = domain.FailureCount,
        LastError = domain.LastError,
        FoundValues = domain.Found,
        CreatedBy = domain.CreatedBy,
        CreatedAt = domain.CreatedAt,
        UpdatedAt = domain.UpdatedAt,
    };
}

/// <summary>It is gone.</summary>
public sealed record DomainRemovedView(Guid Id, string Name, bool Deleted);
