namespace Platform.Health;

/// <summary>The durable task hub works.</summary>
internal sealed class OrchestrationsCheck(DurableTaskClient client, ITaskHubProbe hub) : IComponentCheck
{
    public string Name => "orchestrations";

    public bool IsCritical => true;

    public async ValueTask<ComponentFinding> CheckAsync(CancellationToken ct)
    {
        await hub.ProbeAsync(client, ct);
        return ComponentFinding.Healthy;
    }
}
