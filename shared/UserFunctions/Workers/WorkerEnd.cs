using Platform.Sandbox;

namespace Platform.UserFunctions;

/// <summary>Reads why a process of a function ended.</summary>
internal static class WorkerEnd
{
    private const int Aborted = 128 + 6;
    private static readonly string[] LastWords = ["heap out of memory", "Out of memory.", "System.OutOfMemoryException"];

    public static WorkerOutcome OutOfMemory => new(InvocationStatus.OutOfMemory, null, new InvocationError("OutOfMemory", "The process needed more memory than the function may have", null));

    /// <summary>The end of a run; null when it does not come in time.</summary>
    public static async Task<SandboxResult?> AwaitAsync(Task<SandboxResult> run, TimeSpan longest, TimeProvider clock) =>
        await Task.WhenAny(run, Task.Delay(longest, clock)) == run ? await run : null;

    /// <param name="result">Null when it was ended from here.</param>
    public static WorkerOutcome Describe(SandboxResult? result)
    {
        if (result is not null && IsOutOfMemory(result))
            return OutOfMemory;
        var how = result switch
        {
            { Reason: SandboxReason.Exited } => $"The process ended with exit code {result.ExitCode}",
            { Reason: SandboxReason.Signaled } => $"The process was ended by signal {result.ExitCode - 128}",
            { Reason: SandboxReason.BlockedSystemCall } => "The process used a system call that is not allowed",
            _ => "The process ended",
        };
        return new WorkerOutcome(InvocationStatus.Crashed, null, new InvocationError("Crashed", how, null));
    }

    // V8 and .NET may give up by themselves a moment before the limit takes hold.
    private static bool IsOutOfMemory(SandboxResult result) =>
        result.Reason == SandboxReason.Oom || (result.ExitCode == Aborted && Array.Exists(LastWords, words => result.Stderr.Contains(words, StringComparison.Ordinal)));
}
