namespace Platform.Health;

/// <summary>The durable task hub answers.</summary>
internal sealed class OrchestrationsCheck(DurableTaskClient client) : IComponentCheck
{
    public string Name => "orchestrations";

    public bool IsCritical => true;

    public async ValueTask<ComponentFinding> CheckAsync(CancellationToken ct)
    {
        await client.GetInstanceAsync("health-probe", ct);
        return ComponentFinding.Healthy;
    }
}
