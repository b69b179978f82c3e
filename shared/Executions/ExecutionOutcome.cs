using Platform.Sandbox;

namespace Platform.Executions;

/// <summary>How an execution ended, before it is stored. Also handed through the saga's history when storing has to be tried again.</summary>
public sealed record ExecutionOutcome(ExecutionStatus Status, ExecutionErrorType? ErrorType, int ExitCode, string? Message)
{
    public string Stdout { get; init; } = "";

    public string Stderr { get; init; } = "";

    public bool OutputTruncated { get; init; }

    public ResourceUsage Usage { get; init; } = ResourceUsage.None;

    /// <summary>The start of the run when the end is to record it too.</summary>
    public SandboxStarted? Start { get; init; }

    /// <summary>The saga ended with the script, whatever the script did; false when a step of the saga itself failed.</summary>
    public bool SagaDidItsWork { get; init; }

    /// <summary>The saga waited in vain for the end of the run.</summary>
    public bool SagaTimedOut { get; init; }

    public static ExecutionOutcome Cancelled { get; } = new(ExecutionStatus.Cancelled, null, -1, null);

    /// <summary>The worker that ran the script is gone; a script may have had effects, so it is not run again.</summary>
    public static ExecutionOutcome Lost { get; } = SystemFailure("The sandbox was lost");

    public static ExecutionOutcome SystemFailure(string message) => new(ExecutionStatus.Failed, ExecutionErrorType.SystemError, -1, message);

    public static ExecutionOutcome Refused(string message) => new(ExecutionStatus.Failed, ExecutionErrorType.ResourceLimit, -1, message);

    /// <summary>The result could not be stored after all tries.</summary>
    public static ExecutionOutcome Unstored(string message) => new(ExecutionStatus.Error, ExecutionErrorType.SystemError, -1, message);

    /// <summary>
    /// The same for an execution whose saga was cancelled meanwhile: what the script wrote and used stays, how it ended no longer counts. That a result could not
    /// be stored stays true.
    /// </summary>
    public ExecutionOutcome AsCancelled() => Status == ExecutionStatus.Error
        ? this
        : Cancelled with { Stdout = Stdout, Stderr = Stderr, OutputTruncated = OutputTruncated, Usage = Usage, Start = Start };

    public static ExecutionOutcome Of(SandboxResult result) => Judge(result) with
    {
        Stdout = result.Stdout,
        Stderr = result.Stderr,
        OutputTruncated = result.OutputTruncated,
        Usage = result.Usage is { } u ? new(Math.Round(u.WallSeconds, 6), u.CpuTimeJiffies, u.ClkTckHertz, u.PeakMemoryKb) : ResourceUsage.None,
    };

    private static ExecutionOutcome Judge(SandboxResult result) => result.Reason switch
    {
        SandboxReason.Exited when result.ExitCode == 0 => Ended(ExecutionStatus.Completed, null, 0, null),
        SandboxReason.Exited => Ended(ExecutionStatus.Failed, ExecutionErrorType.ScriptError, result.ExitCode, $"Script exited with code {result.ExitCode}"),
        SandboxReason.Signaled => Ended(ExecutionStatus.Failed, ExecutionErrorType.ScriptError, result.ExitCode, $"Script was killed by signal {result.ExitCode - 128}"),
        SandboxReason.Oom => Ended(ExecutionStatus.Failed, ExecutionErrorType.ResourceLimit, result.ExitCode, "Memory limit exceeded"),
        SandboxReason.BlockedSystemCall => Ended(ExecutionStatus.Failed, ExecutionErrorType.PermissionDenied, result.ExitCode, "A forbidden system call was made"),
        SandboxReason.Timeout => Ended(ExecutionStatus.Timeout, ExecutionErrorType.Timeout, result.ExitCode, "Wall time exceeded"),
        SandboxReason.Cancelled => Cancelled,
        SandboxReason.StartFailed => SystemFailure("The sandbox could not be started"),
        _ => Lost,
    };

    private static ExecutionOutcome Ended(ExecutionStatus status, ExecutionErrorType? type, int exitCode, string? message) =>
        new(status, type, exitCode, message) { SagaDidItsWork = true };
}
