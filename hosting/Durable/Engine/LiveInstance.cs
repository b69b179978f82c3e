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

    private readonly Lock gate = new();
    private List<Message> mailbox = [];
    private bool busy;
    private bool closed;
    private long lastStep;

    // The fields below belong to whoever runs the current step.
    private InstanceState? state;
    private bool loaded;
    private InstanceTurn? committing;
    private Exception? commitError;
    private DateTime nextWake = DateTime.MaxValue;
    private int failures;

    public string InstanceId => instanceId;

    /// <summary>When it last did something, as a timestamp of the system's clock.</summary>
    public long LastStep => Volatile.Read(ref lastStep);

    /// <summary>False when the object is out of use; there is or will be another one for the instance.</summary>
    public bool TryPost(Message message)
    {
        lock (gate)
        {
            if (closed)
                return false;

            mailbox.Add(message);
            if (busy)
                return true;

            busy = true;
        }

        Schedule();
        return true;
    }

    /// <summary>Takes it out of use unless it has something to do.</summary>
    public bool TryClose()
    {
        lock (gate)
        {
            if (busy || mailbox.Count > 0)
                return closed;

            return closed = true;
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = StepAsync();

    private void Schedule() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    private async Task StepAsync()
    {
        Volatile.Write(ref lastStep, TimeProvider.System.GetTimestamp());
        try
        {
            if (committing is { } turn)
                await FinishAsync(turn);
            if (partition.Lost.IsCancellationRequested)
                return;
            if (!loaded && !TryAdopt())
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
        lock (gate)
        {
            if (mailbox.Find(m => m.Start is not null)?.Start is not { } header)
                return false;

            Adopt(header);
            return true;
        }
    }

    private void Adopt(InstanceHeader header)
    {
        state = InstanceState.New(header, node.Services, Violated);
        loaded = true;
        nextWake = DateTime.MaxValue;
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

        state = stored is null ? null : InstanceState.Load(stored, node.Services, Violated);
        loaded = true;
        nextWake = DateTime.MaxValue;
        if (state is null)
            return;

        node.Waiters.Signal(instanceId, state.Status); // its last commit may have taken effect although the answer got lost
        if (!state.IsFinished)
            Resume(state);
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
        lock (gate)
        {
            messages = mailbox;
            mailbox = [];
        }

        if (messages.Find(m => m.Start is not null)?.Start is { } start && (state is null || (state.IsFinished && state.Header.Generation != start.Generation)))
            Adopt(start);
        if (messages.Exists(m => m is { Event: null, Start: null }))
            nextWake = DateTime.MaxValue; // the alarm has rung, or somebody else knocked: set it anew

        var turn = new InstanceTurn(node, partition, state, messages);
        turn.Run(OnCommitted, Violated);
        if (turn.Checkpoint is not { } checkpoint)
        {
            turn.Settled.ForEach(partition.Settle);
            SetWake();
            return false;
        }

        committing = turn;
        node.Writer.Enqueue(checkpoint);
        return true;
    }

    private void OnCommitted(Exception? error)
    {
        commitError = error;
        Schedule();
    }

    private async Task FinishAsync(InstanceTurn turn)
    {
        committing = null;
        if (commitError is FenceLostException)
            return;

        if (commitError is not null)
        {
            await RecoverAsync(turn);
            return;
        }

        failures = 0;
        partition.Consumed(turn.Checkpoint!.Consumed);
        turn.Settled.ForEach(partition.Settle);
        turn.Activities.ForEach(Dispatch);
        node.DeliverAll(turn.Checkpoint);
        if (turn.Unread.Count > 0)
            PutBack(turn.Unread);
        if (state is not null && turn.Checkpoint.Update is not null)
            MoveOn(state, turn);
    }

    private void MoveOn(InstanceState current, InstanceTurn turn)
    {
        var changed = current.Status != turn.Status;
        current.Status = turn.Status;
        current.Checkpoints++;
        state = turn.Next ?? current;
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
        state = null;
        loaded = false;
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
        var pause = TimeSpan.FromMilliseconds(10 * Math.Pow(2, Math.Min(failures++, 20)));
        await Task.Delay(pause < LongestPause ? pause : LongestPause);
    }

    private void PutBack(List<Message> messages)
    {
        lock (gate)
            mailbox.InsertRange(0, messages);
    }

    private void Rest()
    {
        bool rests;
        var leaves = state is null || state.IsFinished;
        lock (gate)
        {
            rests = mailbox.Count == 0;
            busy = !rests;
            closed = rests && leaves;
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
        if (state is not { IsFinished: false } || InstanceTurn.NextTimer(state) is not { } due || due >= nextWake)
            return;

        nextWake = due;
        node.Timers.Add(partition, instanceId, due);
    }

    private void Violated() => partition.Post(new Message(instanceId, partition.Id));
}
