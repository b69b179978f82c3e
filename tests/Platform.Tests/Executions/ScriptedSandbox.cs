using Platform.Sandbox;

namespace Platform.Tests.Executions;

/// <summary>A sandbox whose runs do what the test says: the true edge of the area is the operating system.</summary>
internal sealed class ScriptedSandbox : ISandbox
{
    public Func<SandboxRun, CancellationToken, Task<SandboxResult>> Script { get; set; } = (_, _) => Task.FromResult(Exit(0, "1\n"));

    public List<string> Started { get; } = [];

    public SandboxState State { get; set; } = new(SandboxHealth.Healthy, "scripted", "none", "none", "none", "none", null, DateTimeOffset.UnixEpoch);

    public static SandboxResult Exit(int code, string stdout = "", string stderr = "") =>
        new() { ExitCode = code, Reason = SandboxReason.Exited, Stdout = stdout, Stderr = stderr, Usage = new ResourceUsage(0.5, 3, 100, 9000) };

    public static SandboxResult StartFailed() => new() { ExitCode = -1, Reason = SandboxReason.StartFailed, Detail = "no" };

    public async Task<SandboxResult> RunAsync(SandboxRun run, CancellationToken ct)
    {
        lock (Started)
            Started.Add(run.Name);
        return await Script(run, ct);
    }

    public Task<SandboxState> ProbeAsync(CancellationToken ct) => Task.FromResult(State);

    /// <summary>A run that has started and lasts until <paramref name="end"/> or its cancellation.</summary>
    public static async Task<SandboxResult> RunUntilAsync(SandboxRun run, Task end, CancellationToken ct)
    {
        if (run.OnStarted is { } tell)
            await tell(new SandboxStarted("node", 42, new DateTimeOffset(2026, 3, 1, 12, 0, 1, TimeSpan.Zero)));
        try
        {
            await end.WaitAsync(ct);
            return Exit(0, "done\n");
        }
        catch (OperationCanceledException)
        {
            return new SandboxResult { ExitCode = -1, Reason = SandboxReason.Cancelled, Stdout = "partial\n" };
        }
    }
}
