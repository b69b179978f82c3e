using System.Collections.Concurrent;
using System.Text.Json;

namespace Platform.Tests.Workflows;

/// <summary>Knows instances and what was sent to them; a second start is refused as the engine refuses it.</summary>
internal sealed class FakeDurableClient() : DurableTaskClient("fake")
{
    public ConcurrentDictionary<string, OrchestrationRuntimeStatus> Instances { get; } = new();

    public ConcurrentQueue<string> Log { get; } = new();

    public Action<string>? OnCall { get; set; }

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        OnCall?.Invoke(options!.InstanceId!);
        if (!Instances.TryAdd(options!.InstanceId!, OrchestrationRuntimeStatus.Pending))
            throw new InvalidOperationException("exists already");
        Log.Enqueue($"start {orchestratorName} {options.InstanceId} {JsonSerializer.Serialize(input)}");
        return Task.FromResult(options.InstanceId!);
    }

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        OnCall?.Invoke(instanceId);
        Log.Enqueue($"signal {instanceId} {eventName} {JsonSerializer.Serialize(eventPayload)}");
        return Task.CompletedTask;
    }

    public override Task<OrchestrationMetadata?> GetInstancesAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(Instances.TryGetValue(instanceId, out var status) ? new OrchestrationMetadata("x", instanceId) { RuntimeStatus = status } : null);

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) => throw new NotSupportedException();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
