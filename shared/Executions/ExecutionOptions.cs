using System.ComponentModel.DataAnnotations;

namespace Platform.Executions;

/// <summary>Section <c>Executions</c>.</summary>
public sealed class ExecutionOptions
{
    public const string Section = "Executions";

    /// <summary>Weight of one execution in the scheduling pool, in thousandths of a core.</summary>
    [RegularExpression("^[1-9][0-9]{0,5}m$")]
    public string CpuRequest { get; init; } = "200m";

    /// <summary>Weight of one execution in the scheduling pool, in MiB.</summary>
    [RegularExpression("^[1-9][0-9]{0,5}Mi$")]
    public string MemoryRequest { get; init; } = "128Mi";

    /// <summary>Queued and active executions of one user.</summary>
    [Range(1, 100_000)]
    public int MaxPerUser { get; init; } = 100;

    [Range(1, 1_000_000)]
    public int MaxQueue { get; init; } = 10_000;

    /// <summary>Longest time in the queue.</summary>
    [Range(1, 86_400)]
    public int StaleSeconds { get; init; } = 3600;

    /// <summary>Active allocations of one language.</summary>
    [Range(1, 100_000)]
    public int MaxPerLanguage { get; init; } = 100;

    /// <summary>Whether a script starts in the moment in which it gets its slot, beside the start of its saga. Only where one process does everything (SQLite).</summary>
    public bool RunAhead { get; init; } = true;

    public int CpuRequestMillicores => int.Parse(CpuRequest.AsSpan(0, CpuRequest.Length - 1));

    public int MemoryRequestMb => int.Parse(MemoryRequest.AsSpan(0, MemoryRequest.Length - 2));
}
