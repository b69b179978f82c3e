namespace EmbeddedFunctions.Durable;

/// <summary>
/// What the code has scheduled and the history does not have yet. In a live turn that becomes new history; in a replay it is held against the old one, piece by piece.
/// </summary>
internal sealed class UnrecordedActions(string subject)
{
    private readonly List<OrchestrationAction> _actions = [];

    // Those before it are ticked off: a history has thousands in the order of the calls, and each removal would move all others.
    private int _first;

    public void Add(OrchestrationAction action) => _actions.Add(action);

    public List<OrchestrationAction> Take()
    {
        var taken = _actions.GetRange(_first, _actions.Count - _first);
        Clear();
        return taken;
    }

    /// <summary>Ticks off what the history says was scheduled. The time of a timer may differ, so that a changed delay does not hurt running instances.</summary>
    public void Match(ScheduledEvent scheduled)
    {
        var index = _actions.FindIndex(_first, a => a.Event.TaskId == scheduled.TaskId);
        if (index < 0)
            throw Mismatch($"does not schedule what its history has at this point: {scheduled}");

        var action = _actions[index];
        if (!action.Event.Equals(scheduled) && !(scheduled is TimerCreated && action is StartTimer))
            throw Mismatch($"schedules {action.Event} where its history has {scheduled}");

        if (index > _first)
            _actions.RemoveAt(index);
        else if (++_first == _actions.Count)
            Clear();
    }

    /// <summary>A checkpoint has everything that its turn scheduled, so between turns nothing is left over.</summary>
    public void RequireNone()
    {
        if (_actions.Count > _first)
            throw Mismatch($"schedules {_actions[_first].Event} where its history has nothing");
    }

    private void Clear()
    {
        _actions.Clear();
        _first = 0;
    }

    private NonDeterministicOrchestrationException Mismatch(string what) => new($"{subject} {what}. {NonDeterministicOrchestrationException.Advice}");
}
