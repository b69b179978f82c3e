using EmbeddedFunctions.Durable.Storage;

namespace EmbeddedFunctions.Durable;

/// <summary>An orchestration in memory. Between checkpoints the coroutine stays alive; without it the next message rebuilds it by replay.</summary>
internal sealed class LiveOrchestration(DurableNode node, OwnedPartition partition, string instanceId) : LiveInstance(node, partition, instanceId)
{
    // The fields belong to whoever runs the current step.
    private InstanceState? _state;
    private bool _loaded;
    private InstanceTurn? _committing;
    private DateTime _nextWake = DateTime.MaxValue;
    private InstanceHeader? _underWay;

    /// <summary>Of the generation that is created and has not finished; null when only the store knows. Anyone may ask: the mailbox is ahead of the state.</summary>
    public InstanceHeader? UnderWay => Peek(static mailbox => mailbox.Find(m => m.Start is not null)?.Start) ?? Volatile.Read(ref _underWay);

    protected override bool Leaves => _state is null || _state.IsFinished;

    protected override async Task<bool> AdvanceAsync()
    {
        if (_committing is { } turn)
            await FinishAsync(turn);
        if (Partition.Lost.IsCancellationRequested)
        {
            TakeMailbox().ForEach(message => message.Birth?.CreateOnly());
            return true;
        }

        if (Peek(static mailbox => mailbox.Find(m => m.Birth is not null)?.Birth) is { } birth)
            return Bear(birth);
        if (!_loaded && !TryAdopt())
            await LoadAsync();
        return TakeTurn();
    }

    /// <summary>Makes the first turn of an instance that it puts into the store.</summary>
    private bool Bear(Birth birth)
    {
        _ = TakeMailbox(); // nobody else knows the instance, so that nothing else was sent to it
        var state = InstanceState.New(birth.Creation.Header, Node.Services, Violated);
        if (!Runs(state))
        {
            birth.CreateOnly();
            return false;
        }

        SetState(state);
        _loaded = true;
        var turn = new InstanceTurn(Node, Partition, state, []) { Born = birth.Creation };
        turn.Run(OnBorn, Violated);
        _committing = turn;
        Node.Writer.Enqueue(turn.Checkpoint!);
        return true;

        void OnBorn(Exception? error)
        {
            birth.Committed(error);
            OnCommitted(error);
        }
    }

    /// <summary>A new instance need not be read: its creator hands it over.</summary>
    private bool TryAdopt()
    {
        if (Peek(static mailbox => mailbox.Find(m => m.Start is not null)?.Start) is not { } header)
            return false;

        Adopt(header);
        return true;
    }

    private void Adopt(InstanceHeader header)
    {
        SetState(InstanceState.New(header, Node.Services, Violated));
        _loaded = true;
        _nextWake = DateTime.MaxValue;
        SetWake();
    }

    private async Task LoadAsync()
    {
        await Node.Loads.WaitAsync();
        LoadedInstance? stored;
        try
        {
            stored = await Node.Store.LoadAsync(InstanceId, CancellationToken.None);
        }
        finally
        {
            Node.Loads.Release();
        }

        SetState(stored is null ? null : InstanceState.Load(stored, Node.Services, Violated));
        _loaded = true;
        _nextWake = DateTime.MaxValue;
        if (_state is null)
            return;

        Node.Waiters.Signal(InstanceId, _state.Status); // its last commit may have taken effect although the answer got lost
        if (!_state.IsFinished && Runs(_state))
            Resume(_state);
    }

    /// <summary>Takes up what the stored history has left under way.</summary>
    private void Resume(InstanceState current)
    {
        SetWake();
        foreach (var activity in current.Run.OpenTasks.Select(t => t.Action).OfType<ScheduleActivity>())
        {
            var key = new ActivityKey(InstanceId, current.Header.Generation, activity.Scheduled.TaskId);
            Dispatch(new ActivityWork(Partition, key, activity.Scheduled.Name, activity.Input));
        }
    }

    /// <summary>False when nothing has to be committed.</summary>
    private bool TakeTurn()
    {
        var messages = TakeMailbox();
        if (messages.Find(m => m.Start is not null)?.Start is { } start && (_state is null || (_state.IsFinished && _state.Header.Generation != start.Generation)))
            Adopt(start);
        if (messages.Exists(m => m is { Event: null, Start: null }))
            _nextWake = DateTime.MaxValue; // the alarm has rung, or somebody else knocked: set it anew

        if (_state is { IsFinished: true } && messages.Exists(m => m.Event is ExecutionRewound && m.Generation != _state.Header.Generation))
        {
            // It has been rewound in the store while this was still on its way out of memory.
            SetState(null);
            _loaded = false;
            PutBack(messages);
            return false;
        }

        if (_state is { IsFinished: false } current && !Runs(current))
        {
            if (Node.Options.Versions.Failure == VersionFailureStrategy.Reject)
                return false; // it rests in memory as it is; what was sent to it stays in the store for the owner who runs its version
            current.Run.Refuse(Failure.Permanent("VersionMismatch", $"The orchestration has version '{current.Header.Version}', which this node of version '{Node.Options.Versions.Own}' does not run."));
        }

        var turn = new InstanceTurn(Node, Partition, _state, messages);
        turn.Run(OnCommitted, Violated);
        if (turn.Checkpoint is not { } checkpoint)
        {
            turn.Settled.ForEach(Partition.Settle);
            SetWake();
            return false;
        }

        _committing = turn;
        Node.Writer.Enqueue(checkpoint);
        return true;
    }

    private async Task FinishAsync(InstanceTurn turn)
    {
        _committing = null;
        if (CommitError is FenceLostException)
            return;

        if (CommitError is not null)
        {
            await RecoverAsync(turn);
            return;
        }

        Succeeded();
        Partition.Consumed(turn.Checkpoint!.Consumed);
        turn.Settled.ForEach(Partition.Settle);
        turn.Activities.ForEach(Dispatch);
        Node.DeliverAll(turn.Checkpoint);
        PutBack(turn.Unread);
        if (_state is not null && turn.Checkpoint.Update is not null)
            MoveOn(_state, turn);
    }

    private void MoveOn(InstanceState current, InstanceTurn turn)
    {
        var changed = current.Status != turn.Status;
        current.Status = turn.Status;
        current.Checkpoints++;
        SetState(turn.Next ?? current);
        SetWake();
        if (current.IsFinished)
            Node.Waiters.Signal(Finished(current, turn.Checkpoint!.Update!));
        else if (changed)
            Node.Waiters.Signal(InstanceId, turn.Status);
    }

    private static StoredInstance Finished(InstanceState state, InstanceUpdate last) => new(state.Header, last.Status)
    {
        CustomStatus = last.CustomStatus,
        Output = last.Output,
        Failure = last.Failure,
        UpdatedAt = last.UpdatedAt,
    };

    private void SetState(InstanceState? state)
    {
        _state = state;
        Volatile.Write(ref _underWay, state is { IsFinished: false } ? state.Header : null);
    }

    private async Task RecoverAsync(InstanceTurn turn)
    {
        SetState(null);
        _loaded = false;
        PutBack(await RemainingAsync(turn.Messages));
    }

    private bool Runs(InstanceState state) => Node.Options.Versions.Accepts(state.Header.Version);

    private void Dispatch(ActivityWork work)
    {
        if (Partition.TryBegin(work.Key))
            Node.Activities.Enqueue(work);
    }

    private void SetWake()
    {
        if (_state is not { IsFinished: false } || InstanceTurn.NextTimer(_state) is not { } due || due >= _nextWake)
            return;

        _nextWake = due;
        Node.Timers.Add(Partition, InstanceId, due);
    }

    private void Violated() => Partition.Post(new Message(InstanceId, Partition.Id));
}
