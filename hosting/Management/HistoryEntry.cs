using EmbeddedFunctions.Durable;

namespace EmbeddedFunctions.Management;

/// <summary>
/// A line of an instance's history as people read it: a task that has ended is one line with both times, not two events. Times are UTC and those of the turn that recorded the event.
/// </summary>
internal sealed record HistoryEntry(string EventType, DateTime Timestamp)
{
    /// <summary>The orchestrator, activity or event.</summary>
    public string? Name { get; init; }

    /// <summary>When the code asked for it.</summary>
    public DateTime? ScheduledTime { get; init; }

    public DateTime? FireAt { get; init; }

    /// <summary>The sub-orchestration, or the receiver of an event.</summary>
    public string? InstanceId { get; init; }

    /// <summary>JSON.</summary>
    public string? Input { get; init; }

    /// <summary>JSON.</summary>
    public string? Result { get; init; }

    public Failure? Failure { get; init; }

    /// <summary>Why it was suspended or resumed, or with which status it ended.</summary>
    public string? Remark { get; init; }

    /// <summary>Scheduled, without an outcome so far.</summary>
    public bool IsOpen { get; init; }
}
