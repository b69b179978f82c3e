namespace Platform.Sandbox;

/// <summary>Runs foreign programs cut off from the host: no network, no host files, no host processes, bounded time, memory, processes and output.
/// Every run is independent; nothing of it survives its result.</summary>
public interface ISandbox
{
    /// <summary>What the last probe found; readiness shows it.</summary>
    SandboxState State { get; }

    /// <summary>Runs one program to its end. Never throws for what the program or the host does: see <see cref="SandboxResult.Reason"/>.
    /// Cancelling sends SIGTERM, two seconds later SIGKILL to everything, and answers with what was printed so far.</summary>
    /// <exception cref="ArgumentException">The run itself is malformed (names, limits).</exception>
    Task<SandboxResult> RunAsync(SandboxRun run, CancellationToken ct);

    /// <summary>Checks by an empty run that the sandbox works, and renews <see cref="State"/>.</summary>
    Task<SandboxState> ProbeAsync(CancellationToken ct);
}
