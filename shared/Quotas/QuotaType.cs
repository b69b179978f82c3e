namespace Platform.Quotas;

/// <summary>What is limited, each per UTC day.</summary>
public enum QuotaType
{
    /// <summary>Counted when they are asked for.</summary>
    Executions,

    /// <summary>Processor time of the runs that ended.</summary>
    CpuSeconds,

    /// <summary>Peak memory in MiB times the wall time of the runs that ended.</summary>
    MemoryMbSeconds,
}
