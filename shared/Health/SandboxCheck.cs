using Platform.Sandbox;

namespace Platform.Health;

/// <summary>Foreign code can be run; shows what the sandbox's own probe found last.</summary>
internal sealed class SandboxCheck(ISandbox sandbox) : IComponentCheck
{
    public string Name => "sandbox";

    public bool IsCritical => false;

    public ValueTask<ComponentFinding> CheckAsync(CancellationToken ct)
    {
        var state = sandbox.State;
        return ValueTask.FromResult(state switch
        {
            { CheckedAt: var at } when at == default => new ComponentFinding(ComponentStatus.Unknown, "not probed yet"),
            { Health: SandboxHealth.Healthy } => ComponentFinding.Healthy,
            { Isolation: "unconfined" } => ComponentFinding.Degraded("unconfined"),
            { Health: SandboxHealth.Degraded } => ComponentFinding.Degraded("weaker limits"),
            _ => ComponentFinding.Degraded("runs are refused"),
        });
    }
}
