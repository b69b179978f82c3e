namespace EmbeddedFunctions.Durable;

/// <summary>What the code has asked for in this turn: the event that goes into the history, and what else is needed to carry it out.</summary>
internal abstract record OrchestrationAction(ScheduledEvent Event);

internal sealed record ScheduleActivity(TaskScheduled Scheduled, string? Input) : OrchestrationAction(Scheduled);

internal sealed record StartTimer(TimerCreated Created) : OrchestrationAction(Created);

internal sealed record StartSubOrchestration(SubOrchestrationCreated Created, string? Input, string? Version, IReadOnlyDictionary<string, string> Tags)
    : OrchestrationAction(Created);

internal sealed record CallEntity(EntityOperationCalled Called, string? Input) : OrchestrationAction(Called);

internal sealed record SignalEntity(EntityOperationSignaled Signaled, string? Input, DateTime? DueAt) : OrchestrationAction(Signaled);

internal sealed record RequestLock(EntityLockRequested Requested) : OrchestrationAction(Requested);

internal sealed record ReleaseLock(EntityUnlockSent Sent, CriticalSection Section) : OrchestrationAction(Sent);

internal sealed record SendExternalEvent(EventSent Sent, string? Input) : OrchestrationAction(Sent);
