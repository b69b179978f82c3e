using EmbeddedFunctions.DurableTask.Client;

namespace EmbeddedFunctions.Durable;

/// <summary>
/// One turn of an instance: takes messages in, feeds them to the code and collects everything that has to be committed, and what is to be done after the commit. It changes
/// nothing but the coroutine, so a turn whose commit fails is undone by dropping the coroutine.
/// </summary>
internal sealed class InstanceTurn
{
    private readonly DurableNode node;
    private readonly OwnedPartition partition;
    private readonly InstanceState? state;
    private readonly List<HistoryEvent> events = [];
    private readonly List<Message?> sources = [];
    private readonly DateTime now;

    public InstanceTurn(DurableNode node, OwnedPartition partition, InstanceState? state, List<Message> messages)
    {
        this.node = node;
        this.partition = partition;
        this.state = state;
        Messages = messages;
        now = state is not null && state.Run.Now > node.UtcNow ? state.Run.Now : node.UtcNow;
    }

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
        if (state is null || state.IsFinished || (events.Count == 0 && state.Run.Violation is null))
        {
            Checkpoint = ConsumeOnly(completed);
            return;
        }

        events.Insert(0, new OrchestratorStarted(now));
        sources.Insert(0, null);
        var run = state.Run;
        var applied = 1;
        if (run.Violation is null)
            applied = run.Advance(events);
        else
            run.FailByViolation();

        List<OrchestrationAction> actions = run.Violation is null ? run.TakeActions() : [];
        var history = events.GetRange(0, applied);
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
    }

    /// <summary>When a waiting instance has to be woken; null when only messages wake it.</summary>
    public static DateTime? NextTimer(InstanceState state) => state.Run.IsStarted
        ? state.Run.OpenTasks.Where(t => t.Action is StartTimer).Select(t => (DateTime?)t.FireAt).Min()
        : state.Header.StartAt ?? DateTime.MinValue;

    private void Accept()
    {
        if (state is { IsFinished: false, Run.IsStarted: false } && (state.Header.StartAt is not { } start || start <= now))
            Add(new ExecutionStarted(), null);
        foreach (var message in Messages)
        {
            if (message is { Event: TaskCompleted or TaskFailed, Generation: { } generation })
                Settled.Add(new ActivityKey(message.InstanceId, generation, ((OutcomeEvent)message.Event).TaskId));
            if (message.Event is null || state is null || state.IsFinished || (message.Generation is { } meant && meant != state.Header.Generation))
                continue;
            if (message.Event is not OutcomeEvent outcome || state.Run.TryAccept(outcome))
                Add(message.Event, message);
        }

        if (state is null || state.IsFinished)
            return;

        foreach (var timer in state.Run.OpenTasks.Where(t => t.Action is StartTimer && t.FireAt <= now).OrderBy(t => t.FireAt).ThenBy(t => t.Action.Event.TaskId).ToList())
        {
            var fired = new TimerFired(timer.Action.Event.TaskId);
            if (state.Run.TryAccept(fired))
                Add(fired, null);
        }
    }

    private void Add(HistoryEvent next, Message? source)
    {
        events.Add(next);
        sources.Add(source);
    }

    private Checkpoint? ConsumeOnly(Action<Exception?> completed)
    {
        Status = state?.Status ?? default;
        var ids = ConsumedIds().ToList();
        if (ids.Count == 0)
            return null;

        var checkpoint = new Checkpoint(completed) { Fence = partition.Lease };
        checkpoint.Consumed.AddRange(ids);
        return checkpoint;
    }

    private IEnumerable<string> ConsumedIds() => Messages.Where(m => m.Id is not null && !Unread.Contains(m)).Select(m => m.Id!);

    private Checkpoint Continue(List<HistoryEvent> history, Action<Exception?> completed)
    {
        var run = state!.Run;
        Status = run.IsSuspended ? OrchestrationRuntimeStatus.Suspended : run.IsStarted ? OrchestrationRuntimeStatus.Running : OrchestrationRuntimeStatus.Pending;
        var due = run.OpenTasks.Any(t => t.Action is ScheduleActivity) ? DateTime.MinValue : NextTimer(state);
        return WithUpdate(Update(Status, history) with { DueAt = due }, completed);
    }

    private Checkpoint End(Ended ended, List<HistoryEvent> history, Action<Exception?> completed)
    {
        Status = ended.Status;
        history.Add(new ExecutionCompleted(ended.Status));
        var checkpoint = WithUpdate(
            Update(ended.Status, history) with { Output = ended.Output, Failure = ended.Failure, CompletedAt = now }, completed);
        if (state!.Header.Parent is { } parent)
            checkpoint.Messages.Add(NewMessage(parent.InstanceId, Report(ended, parent.TaskId)) with { Generation = parent.Generation });
        if (ended.Status == OrchestrationRuntimeStatus.Terminated && events.OfType<ExecutionTerminated>().Any(t => t.Recursive))
        {
            foreach (var child in state.Run.OpenTasks.Select(t => t.Action.Event).OfType<SubOrchestrationCreated>())
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
        for (var i = applied; i < events.Count; i++)
        {
            if (sources[i] is { Generation: null } message && (message.Event is not EventRaised || state!.Run.ContinueAsNew!.PreserveUnprocessedEvents))
                Unread.Add(message);
        }

        var header = state!.Header with { Generation = InstanceHeader.NewGeneration(), Input = again.Input, Version = again.Version, StartAt = null };
        Next = state.Restarted(header, again.Unprocessed, node.Services, violated);
        var update = Update(Status, [.. again.Unprocessed]) with { Restart = header, Number = 0, DueAt = DateTime.MinValue };
        return WithUpdate(update, completed);
    }

    private InstanceUpdate Update(OrchestrationRuntimeStatus status, List<HistoryEvent> history) => new(state!.Header.InstanceId, state.Header.Generation, status)
    {
        CustomStatus = state.Run.CustomStatus,
        UpdatedAt = now,
        Number = state.Checkpoints,
        History = HistoryJson.Write(history),
    };

    private Checkpoint WithUpdate(InstanceUpdate update, Action<Exception?> completed) => new(completed) { Fence = partition.Lease, Update = update };

    /// <summary>An ended orchestration still sends and starts what it asked for without waiting; its timers are void.</summary>
    private void Carry(OrchestrationAction action, Checkpoint checkpoint)
    {
        switch (action)
        {
            case ScheduleActivity activity:
                var key = new ActivityKey(state!.Header.InstanceId, state.Header.Generation, activity.Scheduled.TaskId);
                Activities.Add(new ActivityWork(partition, key, activity.Scheduled.Name, activity.Input));
                break;
            case StartSubOrchestration sub:
                checkpoint.Creations.Add(NewChild(sub));
                break;
            case SendExternalEvent send:
                checkpoint.Messages.Add(NewMessage(send.Sent.InstanceId, new EventRaised(send.Sent.Name, send.Input)));
                break;
        }
    }

    private NewInstance NewChild(StartSubOrchestration sub)
    {
        var (id, parent) = (sub.Created.InstanceId, state!.Header);
        var header = new InstanceHeader(id, node.PartitionOf(id), InstanceHeader.NewGeneration(), sub.Created.Name)
        {
            Version = sub.Version,
            Input = sub.Input,
            CreatedAt = now,
            Parent = new ParentLink(parent.Name, parent.InstanceId, parent.Generation, sub.Created.TaskId),
            Tags = sub.Tags,
        };
        var refusal = new SubOrchestrationFailed(sub.Created.TaskId, Failure.Permanent("OrchestrationAlreadyExists", $"An orchestration '{id}' is running already."));
        return new NewInstance(header, NewInstance.Finished) { OnRefused = NewMessage(parent.InstanceId, refusal) with { Generation = parent.Generation } };
    }

    private Message NewMessage(string instanceId, HistoryEvent content) => new(instanceId, node.PartitionOf(instanceId)) { Id = node.MessageIds.Next(), Event = content };
}
