using Platform.Sandbox;

namespace Platform.Builds;

/// <summary>Runs one step's command in the sandbox, once.</summary>
public sealed class StepRunner(BuildSandbox sandbox, TimeProvider clock)
{
    private const int MostEgressLines = 20;

    /// <summary>Sets the step's outcome; the failure of the build, should the step be one that may not fail.</summary>
    internal async Task<BuildFailure?> RunAsync(BuildWork work, BuildStep step)
    {
        var log = work.Log.For(step.Id);
        var refused = 0;
        var root = Workspace.RootOf(work.Build.Config);
        var limit = step.TimeoutSeconds ?? work.Build.Config.StepTimeoutSeconds;
        var program = new BuildProgram(step.Name, step.Command!)
        {
            WorkingDirectory = step.WorkingDirectory is { } directory ? $"{root}/{directory}" : root,
            Variables = work.Variables.Values,
            Network = work.Build.Config.Network == BuildNetwork.Egress ? SandboxNetwork.Public : SandboxNetwork.None,
            WallTime = limit is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            OnBytes = log.TakeAsync,
            OnEgress = attempt =>
            {
                if (attempt.Refusal is { } why && Interlocked.Increment(ref refused) <= MostEgressLines)
                    _ = work.Log.SayAsync($"The connection to {attempt.Host}:{attempt.Port} was refused: {why}", LogLevel.Warn, step.Id);
            },
        };
        var began = clock.GetTimestamp();
        var result = await sandbox.RunAsync(work.Build, work.Workspace, program, work.Stop);
        await log.EndAsync();
        return Note(work, step, result, clock.GetElapsedTime(began));
    }

    private static BuildFailure? Note(BuildWork work, BuildStep step, SandboxResult result, TimeSpan took)
    {
        step.ExitCode = result.ExitCode >= 0 ? result.ExitCode : null;
        if (result.Usage is { } usage)
            (step.CpuMs, step.MaxRssMb) = (usage.CpuTimeJiffies * 1000 / usage.ClkTckHertz, (int)(usage.PeakMemoryKb >> 10));
        var failure = FailureOf(work, step, result);
        (step.Status, step.Error) = (StatusOf(work, result), failure?.Message);
        step.DurationMs = (long)took.TotalMilliseconds;
        return failure;
    }

    private static BuildStepStatus StatusOf(BuildWork work, SandboxResult result) => (result.Reason, work.End) switch
    {
        (SandboxReason.Exited, _) when result.ExitCode == 0 => BuildStepStatus.Succeeded,
        (_, WorkEnd.Cancelled) => BuildStepStatus.Cancelled,
        (_, WorkEnd.TimedOut) or (SandboxReason.Timeout, _) => BuildStepStatus.TimedOut,
        _ => BuildStepStatus.Failed,
    };

    private static BuildFailure? FailureOf(BuildWork work, BuildStep step, SandboxResult result)
    {
        if (result is { Reason: SandboxReason.Exited, ExitCode: 0 })
            return null;
        var (code, message) = result.Reason switch
        {
            _ when work.End == WorkEnd.TimedOut => (BuildFailureCode.BuildTimeout, "The build ran out of time"),
            _ when work.End == WorkEnd.Full => (BuildFailureCode.StepFailed, "The build's files take more room than they may"),
            _ when work.End == WorkEnd.Lost => (BuildFailureCode.ExecutorLost, "The platform that ran the build is gone"),
            SandboxReason.Timeout => (BuildFailureCode.StepTimeout, $"The step '{step.Name}' ran out of time"),
            SandboxReason.Oom => (BuildFailureCode.OutOfMemory, $"The step '{step.Name}' needed more than {work.Build.Config.MemoryMb} MB of memory"),
            SandboxReason.StartFailed => (BuildFailureCode.InternalError, "The platform could not start the step"),
            SandboxReason.Lost => (BuildFailureCode.ExecutorLost, "The platform that ran the build is gone"),
            SandboxReason.BlockedSystemCall => (BuildFailureCode.StepFailed, $"The step '{step.Name}' used a system call that is not allowed"),
            _ => (BuildFailureCode.StepFailed, $"The step '{step.Name}' ended with exit code {result.ExitCode}"),
        };
        if (step.Kind == BuildStepKind.Hook && code is (BuildFailureCode.StepFailed or BuildFailureCode.StepTimeout))
            code = BuildFailureCode.HookFailed;
        return new BuildFailure(code, message, step.Id, step.Name, step.ExitCode);
    }
}
