using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Durable;

/// <summary>
/// An orchestration or entity in the memory of its partition's owner: a mailbox and at most one step at a time, a turn or the work after its commit. A failed commit, an eviction
/// or a crash costs what is in memory, and the next message rebuilds it from the store.
/// </summary>
internal abstract class LiveInstance(DurableNode node, OwnedPartition partition, string instanceId) : IThreadPoolWorkItem
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private List<Message> _mailbox = [];
    private bool _busy;
    private bool _closed;
    private long _lastStep;
    private int _failures;

    public string InstanceId => instanceId;

    /// <summary>When it last did something, as a timestamp of the system's clock.</summary>
    public long LastStep => Volatile.Read(ref _lastStep);

    /// <summary>It takes a step, or has something to take in.</summary>
    public bool IsBusy => Volatile.Read(ref _busy);

    protected DurableNode Node => node;

    protected OwnedPartition Partition => partition;

    /// <summary>What went wrong with the last commit.</summary>
    protected Exception? CommitError { get; private set; }

    /// <summary>It keeps messages outside its mailbox, which would be lost with it.</summary>
    protected virtual bool HoldsMessages => false;

    /// <summary>There is nothing to keep in memory.</summary>
    protected abstract bool Leaves { get; }

    public static LiveInstance Create(DurableNode node, OwnedPartition partition, string instanceId) =>
        EntityIds.IsEntity(instanceId) ? new LiveEntity(node, partition, instanceId) : new LiveOrchestration(node, partition, instanceId);

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
            if (_busy || _mailbox.Count > 0 || HoldsMessages)
                return _closed;

            return _closed = true;
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = StepAsync();

    /// <summary>Finishes what was committed and takes the next turn; false when there was nothing to commit, so that it rests until the next message.</summary>
    protected abstract Task<bool> AdvanceAsync();

    protected List<Message> TakeMailbox()
    {
        lock (_gate)
        {
            var messages = _mailbox;
            _mailbox = [];
            return messages;
        }
    }

    /// <summary>A look at what has come, under the lock of the mailbox.</summary>
    protected T Peek<T>(Func<List<Message>, T> look)
    {
        lock (_gate)
            return look(_mailbox);
    }

    protected void PutBack(List<Message> messages)
    {
        if (messages.Count == 0)
            return;

        lock (_gate)
            _mailbox.InsertRange(0, messages);
    }

    protected void OnCommitted(Exception? error)
    {
        CommitError = error;
        Schedule();
    }

    protected void Succeeded() => _failures = 0;

    /// <summary>
    /// The turn came to nothing, or nobody knows: the store decides. Outcomes of activities are kept, their task ids tell whether they are in the history; inbox rows that are
    /// still there have not been taken in.
    /// </summary>
    protected async Task<List<Message>> RemainingAsync(List<Message> messages)
    {
        await PauseAsync();
        var remaining = messages.Where(m => m.Id is null && m.Event is not null).ToList();
        var rows = messages.Where(m => m.Id is not null).ToList();
        if (rows.Count > 0)
        {
            var stored = await ReadInboxAsync();
            remaining.AddRange(rows.Where(m => stored.Contains(m.Id!)));
            partition.Consumed([.. rows.Where(m => !stored.Contains(m.Id!)).Select(m => m.Id!)]);
        }

        return remaining;
    }

    private void Schedule() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    private async Task StepAsync()
    {
        Volatile.Write(ref _lastStep, node.StoreClock.GetTimestamp());
        try
        {
            if (!await AdvanceAsync())
                Rest();
        }
        catch (Exception e)
        {
            node.Logger.LogWarning(e, "A step of {InstanceId} failed; it is tried again.", instanceId);
            await PauseAsync();
            Schedule();
        }
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

    private void Rest()
    {
        bool rests;
        var leaves = Leaves;
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
}
