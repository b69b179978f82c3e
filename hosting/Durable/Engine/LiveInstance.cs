using EmbeddedFunctions.Durable.Storage;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Durable;

/// <summary>
/// An instance in the memory of its partition's owner: a mailbox and at most one step at a time, a turn or the work after its commit. Between checkpoints the coroutine stays
/// alive; a failed commit, an eviction or a crash costs it, and the next message rebuilds it from the store.
/// </summary>
internal sealed class LiveInstance(DurableNode node, OwnedPartition partition, string instanceId) : IThreadPoolWorkItem
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private List<Message> _mailbox = [];
    private bool _busy;
    private bool _closed;
    private long _lastStep;

    // The fields below belong to whoever runs the current step.
    private InstanceState? _state;
    private bool _loaded;
    private InstanceTurn? _committing;
    private Exception? _commitError;
    private DateTime _nextWake = DateTime.MaxValue;
    private int _failures;

    public string InstanceId => instanceId;

    /// <summary>When it last did something, as a timestamp of the system's clock.</summary>
    public long LastStep => Volatile.Read(ref _lastStep);

    /// <summary>False when the object is out of use; there is or will be another one for the instance.</summary>
    public bool TryPost(Message message)
    {
        lock (_gate)
        {
            if (_closed)
                return false;

            _mailbox.Add(message);
            if (_busy)
                return true;

            _busy = true;
        }

        Schedule();
        return true;
    }

    /// <summary>Takes it out of use unless it has something to do.</summary>
    public bool TryClose()
    {
        lock (_gate)
        {
            if (_busy || _mailbox.Count > 0)
                return _closed;

            return _closed = true;
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = StepAsync();

    private void Schedule() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    private async Task StepAsync()
    {
        Volatile.Write(ref _lastStep, node.StoreClock.GetTimestamp());
        try
        {
            if (_committing is { } turn)
                await FinishAsync(turn);
            if (partition.Lost.IsCancellationRequested)
                return;
            if (!_loaded && !TryAdopt())
                await LoadAsync();
            if (!TakeTurn())
                Rest();
        }
        catch (Exception e)
        {
            node.Logger.LogWarning(e, "A step of the orchestration {InstanceId} failed; it is tried again.", instanceId);
            await PauseAsync();
            Schedule();
        }
    }

    /// <summary>A new instance need not be read: its creator hands it over.</summary>
    private bool TryAdopt()
    {
        lock (_gate)
        {
            if (_mailbox.Find(m => m.Start is not null)?.Start is not { } header)
                return false;

            Adopt(header);
            return true;
        }
    }

    private void Adopt(InstanceHeader header)
    {
        _state = InstanceState.New(header, node.Services, Violated);
        _loaded = true;
        _nextWake = DateTime.MaxValue;
        SetWake();
    }

    private async Task LoadAsync()
    {
        await node.Loads.WaitAsync();
        LoadedInstance? stored;
        try
        {
            stored = await node.Store.LoadAsync(instanceId, CancellationToken.None);
        }
        finally
        {
            node.Loads.Release();
        }

        _state = stored is null ? null : InstanceState.Load(stored, node.Services, Violated);
        _loaded = true;
        _nextWake = DateTime.MaxValue;
        if (_state is null)
            return;

        node.Waiters.Signal(instanceId, _state.Status); // its last commit may have taken effect although the answer got lost
        if (!_state.IsFinished)
            Resume(_state);
    }

    /// <summary>Takes up what the stored history has left under way.</summary>
    private void Resume(InstanceState current)
    {
        SetWake();
        foreach (var activity in current.Run.OpenTasks.Select(t => t.Action).OfType<ScheduleActivity>())
        {
            var key = new ActivityKey(instanceId, current.Header.Generation, activity.Scheduled.TaskId);
            Dispatch(new ActivityWork(partition, key, activity.Scheduled.Name, activity.Input));
        }
    }

    /// <summary>False when nothing has to be committed.</summary>
    private bool TakeTurn()
    {
        List<Message> messages;
        lock (_gate)
        {
            messages = _mailbox;
            _mailbox = [];
        }

        if (messages.Find(m => m.Start is not null)?.Start is { } start && (_state is null || (_state.IsFinished && _state.Header.Generation != start.Generation)))
            Adopt(start);
        if (messages.Exists(m => m is { Event: null, Start: null }))
            _nextWake = DateTime.MaxValue; // the alarm has rung, or somebody else knocked: set it anew

        var turn = new InstanceTurn(node, partition, _state, messages);
        turn.Run(OnCommitted, Violated);
        if (turn.Checkpoint is not { } checkpoint)
        {
            turn.Settled.ForEach(partition.Settle);
            SetWake();
            return false;
        }

        _committing = turn;
        node.Writer.Enqueue(checkpoint);
        return true;
    }

    private void OnCommitted(Exception? error)
    {
        _commitError = error;
        Schedule();
    }

    private async Task FinishAsync(InstanceTurn turn)
    {
        _committing = null;
        if (_commitError is FenceLostException)
            return;

        if (_commitError is not null)
        {
            await RecoverAsync(turn);
            return;
        }

        _failures = 0;
        partition.Consumed(turn.Checkpoint!.Consumed);
        turn.Settled.ForEach(partition.Settle);
        turn.Activities.ForEach(Dispatch);
        node.DeliverAll(turn.Checkpoint);
        if (turn.Unread.Count > 0)
            PutBack(turn.Unread);
        if (_state is not null && turn.Checkpoint.Update is not null)
            MoveOn(_state, turn);
    }

    private void MoveOn(InstanceState current, InstanceTurn turn)
    {
        var changed = current.Status != turn.Status;
        current.Status = turn.Status;
        current.Checkpoints++;
        _state = turn.Next ?? current;
        SetWake();
        if (changed)
            node.Waiters.Signal(instanceId, turn.Status);
    }

    /// <summary>
    /// The turn came to nothing, or nobody knows: the store decides. Outcomes of activities are kept, their task ids tell whether they are in the history; inbox rows that are
    /// still there have not been taken in.
    /// </summary>
    private async Task RecoverAsync(InstanceTurn turn)
    {
        _state = null;
        _loaded = false;
        await PauseAsync();
        var remaining = turn.Messages.Where(m => m.Id is null && m.Event is not null).ToList();
        var rows = turn.Messages.Where(m => m.Id is not null).ToList();
        if (rows.Count > 0)
        {
            var stored = await ReadInboxAsync();
            remaining.AddRange(rows.Where(m => stored.Contains(m.Id!)));
            partition.Consumed([.. rows.Where(m => !stored.Contains(m.Id!)).Select(m => m.Id!)]);
        }

        PutBack(remaining);
    }

    private async Task<HashSet<string>> ReadInboxAsync()
    {
        while (true)
        {
            try
            {
                return [.. await node.Store.ReadInboxIdsAsync(partition.Id, instanceId, CancellationToken.None)];
            }
            catch (Exception) when (!partition.Lost.IsCancellationRequested)
            {
                await PauseAsync();
            }
        }
    }

    private async Task PauseAsync()
    {
        var pause = TimeSpan.FromMilliseconds(10 * Math.Pow(2, Math.Min(_failures++, 20)));
        await Task.Delay(pause < LongestPause ? pause : LongestPause, node.StoreClock);
    }

    private void PutBack(List<Message> messages)
    {
        lock (_gate)
            _mailbox.InsertRange(0, messages);
    }

    private void Rest()
    {
        bool rests;
        var leaves = _state is null || _state.IsFinished;
        lock (_gate)
        {
            rests = _mailbox.Count == 0;
            _busy = !rests;
            _closed = rests && leaves;
        }

        if (!rests)
            Schedule();
        else if (leaves)
            partition.Remove(this);
    }

    private void Dispatch(ActivityWork work)
    {
        if (partition.TryBegin(work.Key))
            node.Activities.Enqueue(work);
    }

    private void SetWake()
    {
        if (_state is not { IsFinished: false } || InstanceTurn.NextTimer(_state) is not { } due || due >= _nextWake)
            return;

        _nextWake = due;
        node.Timers.Add(partition, instanceId, due);
    }

    private void Violated() => partition.Post(new Message(instanceId, partition.Id));
}
