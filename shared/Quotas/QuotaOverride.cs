using Platform.Data;

namespace Platform.Quotas;

/// <summary>An operator's limits for one user, project or organization in place of the platform's; null leaves the platform's.</summary>
[PlatformScoped]
public sealed class QuotaOverride
{
    /// <summary>Lifts a limit of the platform.</summary>
    public const long Unlimited = -1;

    public required Guid SubjectId { get; init; }

    public required SubjectKind Subject { get; init; }

    public long? ExecutionsPerDay { get; private set; }

    public long? CpuSecondsPerDay { get; private set; }

    public long? MemoryMbSecondsPerDay { get; private set; }

    public int? SoftPercent { get; private set; }

    public string? Note { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public Guid? UpdatedBy { get; private set; }

    public int Version { get; private set; }

    /// <summary>Replaces everything.</summary>
    public void Set(QuotaChange change, Guid? by, DateTimeOffset now)
    {
        (ExecutionsPerDay, CpuSecondsPerDay, MemoryMbSecondsPerDay) = (change.ExecutionsPerDay, change.CpuSecondsPerDay, change.MemoryMbSecondsPerDay);
        (SoftPercent, Note) = (change.SoftPercent, change.Note);
        (UpdatedAt, UpdatedBy, Version) = (now, by, Version + 1);
    }
}
