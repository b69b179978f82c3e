namespace EmbeddedFunctions.Durable;

/// <summary>
/// What the code has scheduled and the history does not have yet. In a live turn that becomes new history; in a replay it is held against the old one, piece by piece.
/// </summary>
internal sealed class UnrecordedActions(string subject)
{
    private readonly List<OrchestrationAction> _actions = [];

    public void Add(OrchestrationAction action) => _actions.Add(action);

    public List<OrchestrationAction> Take()
    {
        var taken = new List<OrchestrationAction>(_actions);
        _actions.Clear();
        return taken;
    }

    /// <summary>Ticks off what the history says was scheduled. The time of a timer may differ, so that a changed delay does not hurt running instances.</summary>
    public void Match(ScheduledEvent scheduled)
    {
        var index = _actions.FindIndex(a => a.Event.TaskId == scheduled.TaskId);
        if (index < 0)
            throw Mismatch($"does not schedule what its history has at this point: {scheduled}");

        var action = _actions[index];
        if (!action.Event.Equals(scheduled) && !(scheduled is TimerCreated && action is StartTimer))
            throw Mismatch($"schedules {action.Event} where its history has {scheduled}");

        _actions.RemoveAt(index);
    }

    /// <summary>A checkpoint has everything that its turn scheduled, so between turns nothing is left over.</summary>
    public void RequireNone()
    {
        if (_actions.Count > 0)
            throw Mismatch($"schedules {_actions[0].Event} where its history has nothing");
    }

    private NonDeterministicOrchestrationException Mismatch(string what) => new($"{subject} {what}. {NonDeterministicOrchestrationException.Advice}");
}
