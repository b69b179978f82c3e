using System.Text.Json;

using Microsoft.Extensions.Logging;

namespace Platform.Workflows;

/// <summary>Hands one message to the durable engine.</summary>
public sealed class WorkflowDispatch(TimeProvider clock, ILogger<WorkflowDispatch> log)
{
    /// <summary>A signal whose instance never appears is given up after this time; cancelling is a state of the entity, the signal only wakes.</summary>
    private static readonly TimeSpan SignalAge = TimeSpan.FromHours(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Null when the message is dealt with, else why it has to be tried again.</summary>
    internal async Task<string?> TryAsync(Outgoing message, DurableTaskClient client, CancellationToken ct)
    {
        try
        {
            return message.Name is null ? await SignalAsync(message, client, ct) : await StartAsync(message, message.Name, client, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(e, "Could not hand a message to {Instance}; it will be tried again", message.InstanceId);
            return e.Message;
        }
    }

    /// <summary>100 ms, doubled by each attempt up to 30 s.</summary>
    internal static TimeSpan PauseAfter(int attempts)
    {
        var pause = TimeSpan.FromMilliseconds(100 * Math.Pow(2, Math.Min(attempts, 12)));
        return pause < LongestPause ? pause : LongestPause;
    }

    private static async Task<string?> StartAsync(Outgoing message, string name, DurableTaskClient client, CancellationToken ct)
    {
        var options = new StartOrchestrationOptions(message.InstanceId).WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(name, Payload(message), options, ct);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            // The hosts refuse an existing instance with different exceptions; that it exists is what counts.
            if (await client.GetInstanceAsync(message.InstanceId, getInputsAndOutputs: false, ct) is null)
                throw;
        }

        return null;
    }

    private async Task<string?> SignalAsync(Outgoing message, DurableTaskClient client, CancellationToken ct)
    {
        var instance = await client.GetInstanceAsync(message.InstanceId, getInputsAndOutputs: false, ct);
        if (instance is null)
            return clock.GetUtcNow() - message.CreatedAt < SignalAge ? "The instance does not exist yet" : null;
        if (!instance.IsCompleted)
            await client.RaiseEventAsync(message.InstanceId, message.EventName!, Payload(message), ct);
        return null;
    }

    private static JsonElement? Payload(Outgoing message) => message.Payload is null ? null : JsonSerializer.Deserialize<JsonElement>(message.Payload);
}
