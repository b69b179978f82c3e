using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Identity;
using Platform.Workflows;

namespace Platform.Events;

/// <summary>One run of the relays: starts workflows and numbers events side by side, then hands the events on.</summary>
public sealed class OutboxRelay(IServiceScopeFactory scopes, DatabaseReady ready, WorkflowRelay workflows, EventRelay events, TopicRelay topic)
{
    public async Task RunAsync(DurableTaskClient client, CancellationToken ct)
    {
        if (!ready.IsReady)
            return;
        await Task.WhenAll(StartWorkflowsAsync(client, ct), NumberAndForwardAsync(ct));
    }

    private async Task StartWorkflowsAsync(DurableTaskClient client, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        await workflows.RunAsync(scope.ServiceProvider.GetRequiredService<PlatformDbContext>(), client, ct);
    }

    private async Task NumberAndForwardAsync(CancellationToken ct)
    {
        await events.RunAsync(ct);
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        await topic.RunAsync(scope.ServiceProvider.GetRequiredService<PlatformDbContext>(), ct);
    }
}
