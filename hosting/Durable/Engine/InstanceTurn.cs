using EmbeddedFunctions.DurableTask.Client;

namespace EmbeddedFunctions.Durable;

/// <summary>
/// One turn of an instance: takes messages in, feeds them to the code and collects everything that has to be committed, and what is to be done after the commit. It changes
/// nothing but the coroutine, so a turn whose commit fails is undone by dropping the coroutine.
/// </summary>
internal sealed class InstanceTurn
{
    private readonly DurableNode _node;
    private readonly OwnedPartition _partition;
    private readonly InstanceState? _state;
    private readonly List<HistoryEvent> _events = [];
    private readonly List<Message?> _sources = [];
    private readonly DateTime _now;

    public InstanceTurn(DurableNode node, OwnedPartition partition, InstanceState? state, List<Message> messages)
    {
        _node = node;
        _partition = partition;
        _state = state;
        Messages = messages;
        _now = _state is not null && _state.Run.Now > _node.UtcNow ? _state.Run.Now : _node.UtcNow;
    }

    /// <summary>Set when the turn is to create its instance.</summary>
    public NewInstance? Born { get; init; }

    /// <summary>What the turn was given.</summary>
    public List<Message> Messages { get; }

    /// <summary>Messages that came behind the end of a generation; they belong to the next one.</summary>
    public List<Message> Unread { get; } = [];

    /// <summary>Activities whose outcome this turn takes in, or drops because nobody wants it.</summary>
    public List<ActivityKey> Settled { get; } = [];

    public List<ActivityWork> Activities { get; } = [];

    /// <summary>The state after the commit, when it is another object: the next generation.</summary>
    public InstanceState? Next { get; private set; }

    public OrchestrationRuntimeStatus Status { get; private set; }

    /// <summary>The update's fields while they are put together; null when the turn changes no instance.</summary>
    public Checkpoint? Checkpoint { get; private set; }

    /// <param name="completed">What the checkpoint calls when it is committed or has failed.</param>
    /// <param name="violated">As for <see cref="OrchestrationRun"/>, for the next generation.</param>
    public void Run(Action<Exception?> completed, Action violated)
    {
        Accept();
        if (_state is null || _state.IsFinished || (_events.Count == 0 && _state.Run.Violation is null))
        {
            Checkpoint = ConsumeOnly(completed);
            return;
        }

        _events.Insert(0, new OrchestratorStarted(_now));
        _sources.Insert(0, null);
        var run = _state.Run;
        var applied = 1;
        if (run.Violation is null)
            applied = run.Advance(_events);
        else
            run.FailByViolation();

        List<OrchestrationAction> actions = run.Violation is null ? run.TakeActions() : [];
        var history = _events.GetRange(0, applied);
        history.AddRange(actions.Select(a => a.Event));
        Checkpoint = run.Outcome switch
        {
            Ended ended => End(ended, history, completed),
            ContinuedAsNew again => Restart(again, applied, completed, violated),
            _ => Continue(history, completed),
        };
        Checkpoint.Consumed.AddRange(ConsumedIds());
        foreach (var action in actions)
            Carry(action, Checkpoint);
        if (run.Outcome is not null && run.Section is { } section)
            Release(section, Checkpoint); // behind a lock request of the same turn
    }

    /// <summary>When a waiting instance has to be woken; null when only messages wake it.</summary>
    public static DateTime? NextTimer(InstanceState state) => state.Run.IsStarted
        ? state.Run.OpenTasks.Where(t => t.Action is StartTimer).Select(t => (DateTime?)t.FireAt).Min()
        : state.Header.StartAt ?? DateTime.MinValue;

    private void Accept()
    {
        if (_state is { IsFinished: false, Run.IsStarted: false } && (_state.Header.StartAt is not { } start || start <= _now))
            Add(new ExecutionStarted(), null);
        foreach (var message in Messages)
        {
            if (message is { Event: TaskCompleted or TaskFailed, Generation: { } generation })
                Settled.Add(new ActivityKey(message.InstanceId, generation, ((OutcomeEvent)message.Event).TaskId));
            if (message.Event is null || _state is null || _state.IsFinished || (message.Generation is { } meant && meant != _state.Header.Generation))
                continue;
            if (message.Event is not OutcomeEvent outcome || _state.Run.TryAccept(outcome))
                Add(message.Event, message);
        }

        if (_state is null || _state.IsFinished)
            return;

        foreach (var timer in _state.Run.OpenTasks.Where(t => t.Action is StartTimer && t.FireAt <= _now).OrderBy(t => t.FireAt).ThenBy(t => t.Action.Event.TaskId).ToList())
        {
            var fired = new TimerFired(timer.Action.Event.TaskId);
            if (_state.Run.TryAccept(fired))
                Add(fired, null);
        }
    }

    private void Add(HistoryEvent next, Message? source)
    {
        _events.Add(next);
        _sources.Add(source);
    }

    private Checkpoint? ConsumeOnly(Action<Exception?> completed)
    {
        Status = _state?.Status ?? default;
        var ids = ConsumedIds().ToList();
        if (ids.Count == 0)
            return null;

        var checkpoint = new Checkpoint(completed) { Fence = _partition.Lease };
        checkpoint.Consumed.AddRange(ids);
        return checkpoint;
    }

    private IEnumerable<string> ConsumedIds() => Messages.Where(m => m.Id is not null && !Unread.Contains(m)).Select(m => m.Id!);

    private Checkpoint Continue(List<HistoryEvent> history, Action<Exception?> completed)
    {
        var run = _state!.Run;
        Status = run.IsSuspended ? OrchestrationRuntimeStatus.Suspended : run.IsStarted ? OrchestrationRuntimeStatus.Running : OrchestrationRuntimeStatus.Pending;
        var due = run.OpenTasks.Any(t => t.Action is ScheduleActivity) ? DateTime.MinValue : NextTimer(_state);
        return WithUpdate(Update(Status, history) with { DueAt = due }, completed);
    }

    private Checkpoint End(Ended ended, List<HistoryEvent> history, Action<Exception?> completed)
    {
        Status = ended.Status;
        history.Add(new ExecutionCompleted(ended.Status));
        var checkpoint = WithUpdate(
            Update(ended.Status, history) with { Output = ended.Output, Failure = ended.Failure, CompletedAt = _now }, completed);
        if (_state!.Header.Parent is { } parent)
            checkpoint.Messages.Add(NewMessage(parent.InstanceId, Report(ended, parent.TaskId)) with { Generation = parent.Generation });
        if (ended.Status == OrchestrationRuntimeStatus.Terminated && _events.OfType<ExecutionTerminated>().Any(t => t.Recursive))
        {
            foreach (var child in _state.Run.OpenTasks.Select(t => t.Action.Event).OfType<SubOrchestrationCreated>())
                checkpoint.Messages.Add(NewMessage(child.InstanceId, new ExecutionTerminated(ended.Output, true)));
        }

        return checkpoint;
    }

    private static OutcomeEvent Report(Ended ended, int task) => ended.Status switch
    {
        OrchestrationRuntimeStatus.Completed => new SubOrchestrationCompleted(task, ended.Output),
        OrchestrationRuntimeStatus.Terminated => new SubOrchestrationFailed(task, Failure.Permanent("OrchestrationTerminated", "The sub-orchestration was terminated.")),
        _ => new SubOrchestrationFailed(task, ended.Failure!),
    };

    private Checkpoint Restart(ContinuedAsNew again, int applied, Action<Exception?> completed, Action violated)
    {
        Status = OrchestrationRuntimeStatus.Running;
        for (var i = applied; i < _events.Count; i++)
        {
            if (_sources[i] is { Generation: null } message && (message.Event is not EventRaised || _state!.Run.ContinueAsNew!.PreserveUnprocessedEvents))
                Unread.Add(message);
        }

        var header = _state!.Header with { Generation = InstanceHeader.NewGeneration(), Input = again.Input, Version = again.Version, StartAt = null };
        Next = _state.Restarted(header, again.Unprocessed, _node.Services, violated);
        var update = Update(Status, [.. again.Unprocessed]) with { Restart = header, Number = 0, DueAt = DateTime.MinValue };
        return WithUpdate(update, completed);
    }

    private InstanceUpdate Update(OrchestrationRuntimeStatus status, List<HistoryEvent> history) => new(_state!.Header.InstanceId, _state.Header.Generation, status)
    {
        CustomStatus = _state.Run.CustomStatus,
        UpdatedAt = _now,
        Number = _state.Checkpoints,
        History = HistoryJson.Write(history),
    };

    private Checkpoint WithUpdate(InstanceUpdate update, Action<Exception?> completed) => new(completed) { Fence = _partition.Lease, Born = Born, Update = update };

    /// <summary>An ended orchestration still sends and starts what it asked for without waiting; its timers are void.</summary>
    private void Carry(OrchestrationAction action, Checkpoint checkpoint)
    {
        switch (action)
        {
            case ScheduleActivity activity:
                var key = new ActivityKey(_state!.Header.InstanceId, _state.Header.Generation, activity.Scheduled.TaskId);
                Activities.Add(new ActivityWork(_partition, key, activity.Scheduled.Name, activity.Input));
                break;
            case StartSubOrchestration sub:
                checkpoint.Creations.Add(NewChild(sub));
                break;
            case SendExternalEvent send:
                checkpoint.Messages.Add(NewMessage(send.Sent.InstanceId, new EventRaised(send.Sent.Name, send.Input)));
                break;
            case CallEntity call:
                checkpoint.Messages.Add(NewMessage(call.Called.EntityId, new OperationRequest(call.Called.Operation, call.Input, Caller(call.Called.TaskId))));
                break;
            case SignalEntity signal:
                checkpoint.Messages.Add(
                    NewMessage(signal.Signaled.EntityId, new OperationRequest(signal.Signaled.Operation, signal.Input, null)) with { DueAt = signal.DueAt > _now ? signal.DueAt : null });
                break;
            case RequestLock request:
                checkpoint.Messages.Add(NewMessage(request.Requested.EntityIds[0], new LockRequest(Caller(request.Requested.TaskId), request.Requested.EntityIds, 0)));
                break;
            case ReleaseLock release:
                Release(release.Section, checkpoint);
                break;
        }
    }

    private void Release(CriticalSection section, Checkpoint checkpoint) =>
        checkpoint.Messages.AddRange(section.Releases(Caller(section.LockId)).Select(r => NewMessage(r.EntityId, r.Release)));

    private EntityCaller Caller(int taskId) => new(_state!.Header.InstanceId, _state.Header.Generation, taskId);

    private NewInstance NewChild(StartSubOrchestration sub)
    {
        var (id, parent) = (sub.Created.InstanceId, _state!.Header);
        var header = new InstanceHeader(id, _node.PartitionOf(id), InstanceHeader.NewGeneration(), sub.Created.Name)
        {
            Version = sub.Version ?? _node.Options.DefaultVersion,
            Input = sub.Input,
            CreatedAt = _now,
            Parent = new ParentLink(parent.Name, parent.InstanceId, parent.Generation, sub.Created.TaskId),
            Tags = sub.Tags,
        };
        var refusal = new SubOrchestrationFailed(sub.Created.TaskId, Failure.Permanent("OrchestrationAlreadyExists", $"An orchestration '{id}' is running already."));
        return new NewInstance(header, NewInstance.Finished) { OnRefused = NewMessage(parent.InstanceId, refusal) with { Generation = parent.Generation } };
    }

    private Message NewMessage(string instanceId, HistoryEvent content) => new(instanceId, _node.PartitionOf(instanceId)) { Id = _node.MessageIds.Next(_now), Event = content };
}
