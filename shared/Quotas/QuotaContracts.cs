using System.ComponentModel.DataAnnotations;

namespace Platform.Quotas;

/// <summary>Body of <c>PUT /admin/quotas/{subjectType}/{subjectId}</c>: limits per UTC day; one that is left out is the platform's, -1 is unlimited, 0 lets nothing start.</summary>
public sealed record QuotaChange
{
    private const double Most = 1_000_000_000_000;

    /// <summary>Executions.</summary>
    [Range(-1, Most)]
    public long? ExecutionsPerDay { get; init; }

    /// <summary>Processor seconds.</summary>
    [Range(-1, Most)]
    public long? CpuSecondsPerDay { get; init; }

    /// <summary>MiB of peak memory times seconds.</summary>
    [Range(-1, Most)]
    public long? MemoryMbSecondsPerDay { get; init; }

    /// <summary>Percentage of a limit from which on its subject is warned.</summary>
    [Range(1, 100)]
    public int? SoftPercent { get; init; }

    /// <summary>Why; for operators only.</summary>
    [StringLength(500)]
    public string? Note { get; init; }
}

/// <summary>Query of <c>GET /admin/quotas</c>.</summary>
public sealed record QuotaFilter
{
    /// <summary>Those of one kind only.</summary>
    public SubjectKind? Subject { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 1000)]
    public int Limit { get; init; } = 100;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue), Alias("skip")]
    public int Offset { get; init; }
}

/// <summary>What an operator has set; null members are the platform's, -1 is unlimited.</summary>
public sealed record QuotaOverrideView(
    SubjectKind Subject,
    Guid SubjectId,
    long? ExecutionsPerDay,
    long? CpuSecondsPerDay,
    long? MemoryMbSecondsPerDay,
    int? SoftPercent,
    string? Note,
    DateTimeOffset UpdatedAt,
    Guid? UpdatedBy)
{
    public static QuotaOverrideView Of(QuotaOverride row) => new(
        row.Subject, row.SubjectId, row.ExecutionsPerDay, row.CpuSecondsPerDay, row.MemoryMbSecondsPerDay, row.SoftPercent, row.Note, row.UpdatedAt, row.UpdatedBy);
}

/// <summary>The platform's limits by kind of subject, and what operators have set instead, the last change first.</summary>
public sealed record QuotaPage(IReadOnlyDictionary<string, QuotaLimits> Defaults, IReadOnlyList<QuotaOverrideView> Overrides, int Total, int Limit, int Offset);

/// <summary>The limits in force for a subject, what an operator has set of them, and how today's use stands.</summary>
public sealed record QuotaView(
    SubjectKind Subject, Guid SubjectId, QuotaLimits Limits, QuotaOverrideView? Override, IReadOnlyList<QuotaStanding> Today, DateTimeOffset ResetsAt);
