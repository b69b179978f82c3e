using Platform.Sandbox;

namespace Platform.Tests.Fixtures;

/// <summary>The sandbox of a host on which it can stop to work.</summary>
internal sealed class SwitchedSandbox(ISandbox inner) : ISandbox
{
    private volatile bool _off;

    public bool IsOff
    {
        get => _off;
        set => _off = value;
    }

    public SandboxState State => IsOff ? inner.State with { Health = SandboxHealth.Unavailable, Detail = "switched off" } : inner.State;

    public async Task<SandboxState> ProbeAsync(CancellationToken ct)
    {
        await inner.ProbeAsync(ct);
        return State;
    }

    public Task<SandboxResult> RunAsync(SandboxRun run, CancellationToken ct) =>
        IsOff ? Task.FromResult(new SandboxResult { ExitCode = -1, Reason = SandboxReason.StartFailed, Detail = "switched off" }) : inner.RunAsync(run, ct);
}
