using System.Text.Json.Serialization;
using EmbeddedFunctions.DurableTask.Client;

namespace EmbeddedFunctions.Durable;

/// <summary>
/// One fact of an orchestration's history, named as in Durable Functions. Inputs of scheduled work are not repeated here: replay of the code yields them again.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(OrchestratorStarted), nameof(OrchestratorStarted))]
[JsonDerivedType(typeof(ExecutionStarted), nameof(ExecutionStarted))]
[JsonDerivedType(typeof(TaskScheduled), nameof(TaskScheduled))]
[JsonDerivedType(typeof(TaskCompleted), nameof(TaskCompleted))]
[JsonDerivedType(typeof(TaskFailed), nameof(TaskFailed))]
[JsonDerivedType(typeof(TimerCreated), nameof(TimerCreated))]
[JsonDerivedType(typeof(TimerFired), nameof(TimerFired))]
[JsonDerivedType(typeof(SubOrchestrationCreated), nameof(SubOrchestrationCreated))]
[JsonDerivedType(typeof(SubOrchestrationCompleted), nameof(SubOrchestrationCompleted))]
[JsonDerivedType(typeof(SubOrchestrationFailed), nameof(SubOrchestrationFailed))]
[JsonDerivedType(typeof(EventRaised), nameof(EventRaised))]
[JsonDerivedType(typeof(EventSent), nameof(EventSent))]
[JsonDerivedType(typeof(ExecutionSuspended), nameof(ExecutionSuspended))]
[JsonDerivedType(typeof(ExecutionResumed), nameof(ExecutionResumed))]
[JsonDerivedType(typeof(ExecutionTerminated), nameof(ExecutionTerminated))]
[JsonDerivedType(typeof(ExecutionRewound), nameof(ExecutionRewound))]
[JsonDerivedType(typeof(ExecutionCompleted), nameof(ExecutionCompleted))]
[JsonDerivedType(typeof(EntityOperationCalled), nameof(EntityOperationCalled))]
[JsonDerivedType(typeof(EntityOperationSignaled), nameof(EntityOperationSignaled))]
[JsonDerivedType(typeof(EntityOperationCompleted), nameof(EntityOperationCompleted))]
[JsonDerivedType(typeof(EntityOperationFailed), nameof(EntityOperationFailed))]
[JsonDerivedType(typeof(EntityLockRequested), nameof(EntityLockRequested))]
[JsonDerivedType(typeof(EntityLockGranted), nameof(EntityLockGranted))]
[JsonDerivedType(typeof(EntityUnlockSent), nameof(EntityUnlockSent))]
[JsonDerivedType(typeof(OperationRequest), nameof(OperationRequest))]
[JsonDerivedType(typeof(LockRequest), nameof(LockRequest))]
[JsonDerivedType(typeof(LockRelease), nameof(LockRelease))]
internal abstract record HistoryEvent;

/// <summary>A turn begins; its time is what the orchestrator sees as the current time.</summary>
internal sealed record OrchestratorStarted(DateTime Timestamp) : HistoryEvent;

internal sealed record ExecutionStarted : HistoryEvent;

/// <summary>Something that the code has scheduled, numbered in the order of the calls.</summary>
internal abstract record ScheduledEvent(int TaskId) : HistoryEvent;

internal sealed record TaskScheduled(int TaskId, string Name) : ScheduledEvent(TaskId);

internal sealed record TimerCreated(int TaskId, DateTime FireAt) : ScheduledEvent(TaskId);

internal sealed record SubOrchestrationCreated(int TaskId, string Name, string InstanceId) : ScheduledEvent(TaskId);

internal sealed record EventSent(int TaskId, string InstanceId, string Name) : ScheduledEvent(TaskId);

internal sealed record EntityOperationCalled(int TaskId, string EntityId, string Operation) : ScheduledEvent(TaskId);

internal sealed record EntityOperationSignaled(int TaskId, string EntityId, string Operation) : ScheduledEvent(TaskId);

/// <summary>The lock's id is the task id.</summary>
internal sealed record EntityLockRequested(int TaskId, IReadOnlyList<string> EntityIds) : ScheduledEvent(TaskId)
{
    public bool Equals(EntityLockRequested? other) => other is not null && TaskId == other.TaskId && EntityIds.SequenceEqual(other.EntityIds, StringComparer.Ordinal);

    public override int GetHashCode() => TaskId;
}

internal sealed record EntityUnlockSent(int TaskId, int LockId) : ScheduledEvent(TaskId);

/// <summary>How a scheduled task ended.</summary>
internal abstract record OutcomeEvent(int TaskId) : HistoryEvent;

internal sealed record TaskCompleted(int TaskId, string? Result) : OutcomeEvent(TaskId);

internal sealed record TaskFailed(int TaskId, Failure Failure) : OutcomeEvent(TaskId);

internal sealed record TimerFired(int TaskId) : OutcomeEvent(TaskId);

internal sealed record SubOrchestrationCompleted(int TaskId, string? Result) : OutcomeEvent(TaskId);

internal sealed record SubOrchestrationFailed(int TaskId, Failure Failure) : OutcomeEvent(TaskId);

internal sealed record EntityOperationCompleted(int TaskId, string? Result) : OutcomeEvent(TaskId);

internal sealed record EntityOperationFailed(int TaskId, Failure Failure) : OutcomeEvent(TaskId);

internal sealed record EntityLockGranted(int TaskId) : OutcomeEvent(TaskId);

internal sealed record EventRaised(string Name, string? Input) : HistoryEvent;

internal sealed record ExecutionSuspended(string? Reason) : HistoryEvent;

internal sealed record ExecutionResumed(string? Reason) : HistoryEvent;

internal sealed record ExecutionTerminated(string? Output, bool Recursive) : HistoryEvent;

/// <summary>The instance had failed; the history before has been cut so that what failed runs again.</summary>
internal sealed record ExecutionRewound(string? Reason) : HistoryEvent;

internal sealed record ExecutionCompleted(OrchestrationRuntimeStatus Status) : HistoryEvent;
