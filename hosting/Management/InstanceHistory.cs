using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;

namespace EmbeddedFunctions.Management;

/// <summary>Turns stored events into lines, in the order in which they came to their end.</summary>
internal sealed class InstanceHistory
{
    private readonly StoredInstance _instance;
    // A line whose task has ended is empty; the one of its outcome has taken its place.
    private readonly List<HistoryEntry?> _lines = [];
    private readonly Dictionary<int, int> _open = [];
    private DateTime _now;

    private InstanceHistory(StoredInstance instance)
    {
        _instance = instance;
        _now = instance.Header.CreatedAt;
    }

    public static List<HistoryEntry> Read(StoredInstance instance, IEnumerable<string> pieces)
    {
        var history = new InstanceHistory(instance);
        foreach (var piece in pieces)
            HistoryJson.ReadEvents(piece).ForEach(history.Add);
        return [.. history._lines.OfType<HistoryEntry>()];
    }

    private void Add(HistoryEvent next)
    {
        switch (next)
        {
            case OrchestratorStarted turn:
                _now = turn.Timestamp;
                break;
            case ScheduledEvent scheduled:
                Schedule(scheduled);
                break;
            case OutcomeEvent outcome:
                End(outcome);
                break;
            default:
                _lines.Add(Fact(next));
                break;
        }
    }

    private void Schedule(ScheduledEvent scheduled)
    {
        var entry = new HistoryEntry(scheduled.GetType().Name, _now) { ScheduledTime = _now, IsOpen = scheduled is not EventSent };
        entry = scheduled switch
        {
            TaskScheduled activity => entry with { Name = activity.Name },
            TimerCreated timer => entry with { FireAt = timer.FireAt },
            SubOrchestrationCreated sub => entry with { Name = sub.Name, InstanceId = sub.InstanceId },
            EventSent sent => entry with { Name = sent.Name, InstanceId = sent.InstanceId },
            _ => entry,
        };
        if (entry.IsOpen)
            _open[scheduled.TaskId] = _lines.Count;
        _lines.Add(entry);
    }

    private void End(OutcomeEvent outcome)
    {
        var entry = new HistoryEntry(outcome.GetType().Name, _now);
        if (_open.Remove(outcome.TaskId, out var index))
        {
            entry = _lines[index]! with { EventType = entry.EventType, Timestamp = _now, IsOpen = false };
            _lines[index] = null;
        }

        _lines.Add(outcome switch
        {
            TaskCompleted completed => entry with { Result = completed.Result },
            SubOrchestrationCompleted completed => entry with { Result = completed.Result },
            TaskFailed failed => entry with { Failure = failed.Failure },
            SubOrchestrationFailed failed => entry with { Failure = failed.Failure },
            _ => entry,
        });
    }

    private HistoryEntry Fact(HistoryEvent fact)
    {
        var entry = new HistoryEntry(fact.GetType().Name, _now);
        return fact switch
        {
            ExecutionStarted => entry with { Name = _instance.Header.Name, Input = _instance.Header.Input },
            EventRaised raised => entry with { Name = raised.Name, Input = raised.Input },
            ExecutionSuspended suspended => entry with { Remark = suspended.Reason },
            ExecutionResumed resumed => entry with { Remark = resumed.Reason },
            ExecutionTerminated terminated => entry with { Input = terminated.Output },
            ExecutionCompleted completed => entry with { Remark = completed.Status.ToString(), Result = _instance.Output, Failure = _instance.Failure },
            _ => entry,
        };
    }
}
