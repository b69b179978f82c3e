namespace Platform.Quotas;

/// <summary>How much was used, in whole units, so that sums are exact.</summary>
public sealed record UsageAmount(long Executions, long CpuMilliseconds, long MemoryKbSeconds)
{
    public static readonly UsageAmount None = new(0, 0, 0);

    /// <summary>One more execution that was asked for.</summary>
    public static readonly UsageAmount OneExecution = new(1, 0, 0);

    /// <summary>What a run used; <paramref name="clockTicks"/> processor ticks of 1/<paramref name="hertz"/> s.</summary>
    public static UsageAmount OfRun(double wallSeconds, long clockTicks, int hertz, long peakMemoryKb) =>
        new(0, clockTicks * 1000 / hertz, (long)Math.Round(peakMemoryKb * wallSeconds));

    /// <summary>In the unit of the quota.</summary>
    public double Of(QuotaType type) => type switch
    {
        QuotaType.Executions => Executions,
        QuotaType.CpuSeconds => CpuMilliseconds / 1000.0,
        _ => Math.Round(MemoryKbSeconds / 1024.0, 3),
    };
}
