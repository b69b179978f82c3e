using Platform.Data;
using Platform.Workflows;

namespace Platform.Events;

/// <summary>One run of the relays: starts workflows and numbers events side by side, then hands the events on.</summary>
public sealed class OutboxRelay(DatabaseReady ready, WorkflowRelay workflows, EventRelay events, TopicRelay topic)
{
    public async Task RunAsync(DurableTaskClient client, CancellationToken ct)
    {
        if (ready.IsReady)
            await Task.WhenAll(workflows.RunAsync(client, ct), NumberAndForwardAsync(ct));
    }

    private async Task NumberAndForwardAsync(CancellationToken ct)
    {
        await events.RunAsync(ct);
        await topic.RunAsync(ct);
    }
}
