using System.ComponentModel.DataAnnotations;

namespace Platform.Quotas;

/// <summary>Query of <c>GET /user/usage</c>: UTC days, both included, at most 92; without them the last seven.</summary>
public sealed record UsageFilter
{
    /// <summary>First day, <c>YYYY-MM-DD</c>.</summary>
    public DateOnly? StartDate { get; init; }

    /// <summary>Last day; today.</summary>
    public DateOnly? EndDate { get; init; }

    /// <summary>Use in this project only.</summary>
    public Guid? ProjectId { get; init; }
}

/// <summary>Query of <c>GET /organizations/{organizationId}/usage</c>: UTC days, both included, at most 92; without them the last seven.</summary>
public sealed record OrganizationUsageFilter
{
    /// <summary>First day, <c>YYYY-MM-DD</c>.</summary>
    public DateOnly? StartDate { get; init; }

    /// <summary>Last day; today.</summary>
    public DateOnly? EndDate { get; init; }

    /// <summary>Use in this project only.</summary>
    public Guid? ProjectId { get; init; }

    /// <summary>Size of the page of users.</summary>
    [Range(1, 1000)]
    public int Limit { get; init; } = 100;

    /// <summary>Users before the page.</summary>
    [Range(0, int.MaxValue), Alias("skip")]
    public int Offset { get; init; }
}

/// <summary>What was used; <c>mb</c> are MiB.</summary>
public sealed record UsageFigures(long Executions, double CpuSeconds, double MemoryMbSeconds)
{
    internal static UsageFigures Of(UsageAmount? amount) => new(
        amount?.Executions ?? 0, (amount ?? UsageAmount.None).Of(QuotaType.CpuSeconds), (amount ?? UsageAmount.None).Of(QuotaType.MemoryMbSeconds));
}

/// <summary>Use of one UTC day.</summary>
public sealed record DailyUsage(DateOnly Date, long Executions, double CpuSeconds, double MemoryMbSeconds);

/// <summary>Use in one project.</summary>
public sealed record ProjectUsage(Guid ProjectId, Guid OrganizationId, long Executions, double CpuSeconds, double MemoryMbSeconds);

/// <summary>Use of one user; without a name when he is gone.</summary>
public sealed record MemberUsage(Guid UserId, string? Username, long Executions, double CpuSeconds, double MemoryMbSeconds);

public enum QuotaState
{
    Ok,

    /// <summary>The soft limit is reached.</summary>
    Warning,

    /// <summary>New executions are refused until the day ends.</summary>
    Exceeded,
}

/// <summary>Today's use against a limit; null limits are unlimited.</summary>
public sealed record QuotaStanding(
    SubjectKind Subject, Guid SubjectId, QuotaType Quota, long? Limit, long? SoftLimit, double Used, double? Remaining, QuotaState State)
{
    internal static QuotaStanding Of(SubjectLimits subject, QuotaType type, UsageAmount used)
    {
        var (hard, soft, now) = (subject.Limits.Hard(type), subject.Limits.Soft(type), used.Of(type));
        var state = now >= hard ? QuotaState.Exceeded : now >= soft ? QuotaState.Warning : QuotaState.Ok;
        return new(subject.Kind, subject.Id, type, hard, soft, now, hard is { } limit ? Math.Max(0, Math.Round(limit - now, 3)) : null, state);
    }
}

/// <summary>A user's use. <c>quotas</c> are his own, and those of the active project and organization that have a limit; <c>days</c> has every day of the range.</summary>
public sealed record UsageReport(
    Guid UserId,
    DateOnly StartDate,
    DateOnly EndDate,
    DateTimeOffset ResetsAt,
    IReadOnlyList<QuotaStanding> Quotas,
    UsageFigures Total,
    IReadOnlyList<DailyUsage> Days,
    IReadOnlyList<ProjectUsage> Projects);

/// <summary>An organization's use. <c>quotas</c> are its own, and those of its projects that have a limit; projects and users are in the order of their executions.</summary>
public sealed record OrganizationUsageReport(
    Guid OrganizationId,
    DateOnly StartDate,
    DateOnly EndDate,
    DateTimeOffset ResetsAt,
    IReadOnlyList<QuotaStanding> Quotas,
    UsageFigures Total,
    IReadOnlyList<DailyUsage> Days,
    IReadOnlyList<ProjectUsage> Projects,
    IReadOnlyList<MemberUsage> Users,
    int UsersTotal,
    int Limit,
    int Offset);
