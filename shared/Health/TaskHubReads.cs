namespace Platform.Health;

/// <summary>The task hub answers a question; all that can be asked of one that somebody else keeps.</summary>
public sealed class TaskHubReads : ITaskHubProbe
{
    public Task ProbeAsync(DurableTaskClient client, CancellationToken ct) => client.GetInstanceAsync("health-probe", ct);
}
