using EmbeddedFunctions.Hosting;

using Platform.Health;

namespace Platform.Functions.Hosts;

/// <summary>What the embedded host has to keep can be stored: a full disk and a read-only database would still answer questions.</summary>
internal sealed class TaskHubStores(IHostStorage storage) : ITaskHubProbe
{
    public Task ProbeAsync(DurableTaskClient client, CancellationToken ct) => storage.ProbeAsync(ct);
}
