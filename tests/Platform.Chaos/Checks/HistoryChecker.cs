using EmbeddedFunctions.Durable;

namespace Platform.Chaos.Checks;

/// <summary>Says what is wrong with the stored history of one finished instance.</summary>
internal sealed class HistoryChecker
{
    private readonly List<string> _violations = [];
    private readonly Dictionary<int, ScheduledEvent> _scheduled = [];
    private readonly HashSet<int> _settled = [];
    private int _starts;
    private int _ends;
    private DateTime _now;

    /// <summary>Events that were raised, by their content.</summary>
    public List<EventRaised> Raised { get; } = [];

    /// <param name="checkpoints">The pieces in the order of their numbers.</param>
    /// <param name="restarted">It has continued as new, so that the first piece holds the events that were carried over.</param>
    public IReadOnlyList<string> Check(IReadOnlyList<(int Number, string Events)> checkpoints, bool restarted)
    {
        for (var i = 0; i < checkpoints.Count; i++)
        {
            Require(checkpoints[i].Number == i, $"checkpoint {checkpoints[i].Number} stands at place {i}");
            var events = HistoryJson.ReadEvents(checkpoints[i].Events);
            if (i == 0 && restarted)
                Require(events.TrueForAll(e => e is EventRaised), "a new generation begins with something else than events");
            else
                Require(events is [OrchestratorStarted, ..], $"checkpoint {i} does not begin a turn");
            events.ForEach(Check);
        }

        Require(_starts == 1, $"started {_starts} times");
        Require(_ends == 1, $"ended {_ends} times");
        return _violations;
    }

    private void Check(HistoryEvent next)
    {
        Require(_ends == 0, $"{next} stands behind the end");
        switch (next)
        {
            case OrchestratorStarted turn:
                Require(turn.Timestamp >= _now, $"time goes back to {turn.Timestamp:O}");
                _now = turn.Timestamp;
                break;
            case ExecutionStarted:
                _starts++;
                break;
            case ExecutionCompleted:
                _ends++;
                break;
            case ScheduledEvent scheduled:
                Require(_starts == 1, $"{scheduled} stands before the start");
                Require(scheduled.TaskId == _scheduled.Count, $"{scheduled} is number {_scheduled.Count}");
                _scheduled[scheduled.TaskId] = scheduled;
                break;
            case OutcomeEvent outcome:
                Settle(outcome);
                break;
            case EventRaised raised:
                Raised.Add(raised);
                break;
        }
    }

    private void Settle(OutcomeEvent outcome)
    {
        if (!_scheduled.TryGetValue(outcome.TaskId, out var scheduled))
        {
            _violations.Add($"{outcome} was never scheduled");
            return;
        }

        Require(_settled.Add(outcome.TaskId), $"{outcome} is the second outcome of {scheduled}");
        Require(Fits(scheduled, outcome), $"{outcome} is no outcome of {scheduled}");
        if (scheduled is TimerCreated timer)
            Require(_now >= timer.FireAt, $"{timer} fired at {_now:O}");
    }

    private static bool Fits(ScheduledEvent scheduled, OutcomeEvent outcome) => scheduled switch
    {
        TaskScheduled => outcome is TaskCompleted or TaskFailed,
        TimerCreated => outcome is TimerFired,
        SubOrchestrationCreated => outcome is SubOrchestrationCompleted or SubOrchestrationFailed,
        EntityOperationCalled => outcome is EntityOperationCompleted or EntityOperationFailed,
        _ => false,
    };

    private void Require(bool holds, string violation)
    {
        if (!holds)
            _violations.Add(violation);
    }
}
