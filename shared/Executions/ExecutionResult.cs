using System.Text;
using Platform.Data;

namespace Platform.Executions;

/// <summary>
/// The stored outcome of an execution: a row of its own, so that its key makes a second result impossible and the queue's rows stay small.
/// </summary>
[PlatformScoped]
public sealed class ExecutionResult
{
    public Guid ExecutionId { get; init; }

    /// <summary>Standard output as text: U+FFFD for invalid UTF-8, no NUL, at most 1 MiB.</summary>
    public string? Output { get; init; }

    public string? Errors { get; init; }

    public bool OutputTruncated { get; init; }

    /// <summary><c>128 + n</c> when killed by signal n; -1 for timeout, cancelled and error.</summary>
    public int ExitCode { get; init; }

    public ExecutionErrorType? ErrorType { get; init; }

    public double WallSeconds { get; init; }

    public long CpuTimeJiffies { get; init; }

    public int ClkTckHertz { get; init; }

    public long PeakMemoryKb { get; init; }

    public DateTimeOffset StoredAt { get; init; }

    public static ExecutionResult Of(Guid executionId, ExecutionOutcome outcome, DateTimeOffset now) => new()
    {
        ExecutionId = executionId,
        Output = outcome.Stdout,
        Errors = outcome.Stderr,
        OutputTruncated = outcome.OutputTruncated,
        ExitCode = outcome.ExitCode,
        ErrorType = outcome.ErrorType,
        WallSeconds = outcome.Usage.ExecutionTimeWallSeconds,
        CpuTimeJiffies = outcome.Usage.CpuTimeJiffies,
        ClkTckHertz = outcome.Usage.ClkTckHertz,
        PeakMemoryKb = outcome.Usage.PeakMemoryKb,
        StoredAt = now,
    };

    public ResourceUsage Usage => new(WallSeconds, CpuTimeJiffies, ClkTckHertz, PeakMemoryKb);

    /// <summary>Bytes of both outputs as stored.</summary>
    public long SizeBytes => Encoding.UTF8.GetByteCount(Output ?? "") + Encoding.UTF8.GetByteCount(Errors ?? "");
}
