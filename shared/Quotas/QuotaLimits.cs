namespace Platform.Quotas;

/// <summary>The limits in force for one subject, per UTC day; null is unlimited. From <c>soft_percent</c> of a limit on its subject is warned.</summary>
public sealed record QuotaLimits(long? ExecutionsPerDay, long? CpuSecondsPerDay, long? MemoryMbSecondsPerDay, int SoftPercent)
{
    internal bool Any => (ExecutionsPerDay ?? CpuSecondsPerDay ?? MemoryMbSecondsPerDay) is not null;

    public static QuotaLimits Of(QuotaOptions options, SubjectKind kind, QuotaOverride? own)
    {
        var usual = options.Of(kind);
        return new(
            Resolve(own?.ExecutionsPerDay, usual.ExecutionsPerDay),
            Resolve(own?.CpuSecondsPerDay, usual.CpuSecondsPerDay),
            Resolve(own?.MemoryMbSecondsPerDay, usual.MemoryMbSecondsPerDay),
            own?.SoftPercent ?? options.SoftPercent);
    }

    public long? Hard(QuotaType type) => type switch
    {
        QuotaType.Executions => ExecutionsPerDay,
        QuotaType.CpuSeconds => CpuSecondsPerDay,
        _ => MemoryMbSecondsPerDay,
    };

    /// <summary>Rounded up: of 1 execution the first reaches it.</summary>
    public long? Soft(QuotaType type) => Hard(type) is { } hard ? (long)Math.Ceiling(hard * (decimal)SoftPercent / 100) : null;

    private static long? Resolve(long? own, long? usual) => own switch
    {
        null => usual,
        QuotaOverride.Unlimited => null,
        _ => own,
    };
}

/// <summary>A subject with its limits.</summary>
public sealed record SubjectLimits(SubjectKind Kind, Guid Id, QuotaLimits Limits);
