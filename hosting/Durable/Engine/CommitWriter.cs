using System.Threading.Channels;
using EmbeddedFunctions.Durable.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EmbeddedFunctions.Durable;

/// <summary>
/// Group commit: one loop takes all checkpoints that are ready, commits them in one transaction and tells each how it went. It does not linger: what arrives during a commit
/// makes the next batch.
/// </summary>
internal sealed class CommitWriter(DurableNode node)
{
    private const int MaxBatch = 1_000;
    private static readonly TimeSpan RefencePause = TimeSpan.FromMilliseconds(250);

    private readonly Channel<Checkpoint> _ready = Channel.CreateUnbounded<Checkpoint>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<Checkpoint> _heldOver = [];
    private long _commits;

    /// <summary>How many batches have been committed; grows before their checkpoints are told.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    public void Enqueue(Checkpoint checkpoint)
    {
        if (!_ready.Writer.TryWrite(checkpoint))
            checkpoint.Complete(new ObjectDisposedException(nameof(CommitWriter), "The durable engine has stopped."));
    }

    /// <summary>Commits what is ready and takes no more.</summary>
    public void Stop() => _ready.Writer.TryComplete();

    public async Task RunAsync()
    {
        while (_heldOver.Count > 0 || await _ready.Reader.WaitToReadAsync())
        {
            var batch = Collect();
            try
            {
                await CommitAsync(batch);
            }
            catch (Exception e)
            {
                node.Logger.LogCritical(e, "The commit loop of the durable engine met an unexpected error.");
                batch.ForEach(c => c.Complete(e));
            }
        }
    }

    /// <summary>At most one creation per instance id in a batch; a second one waits for the outcome of the first.</summary>
    private List<Checkpoint> Collect()
    {
        var batch = new List<Checkpoint>();
        var created = new HashSet<string>(StringComparer.Ordinal);
        var waiting = _heldOver.ToList();
        _heldOver.Clear();
        foreach (var checkpoint in waiting)
            Add(checkpoint);
        while (batch.Count < MaxBatch && _ready.Reader.TryRead(out var next))
            Add(next);
        return batch;

        void Add(Checkpoint checkpoint)
        {
            if (checkpoint.Creations.Exists(c => created.Contains(c.Header.InstanceId)))
            {
                _heldOver.Add(checkpoint);
                return;
            }

            checkpoint.Creations.ForEach(c => created.Add(c.Header.InstanceId));
            batch.Add(checkpoint);
        }
    }

    private async Task CommitAsync(List<Checkpoint> batch)
    {
        while (batch.Count > 0)
        {
            List<PartitionLease> lost;
            try
            {
                lost = await node.Store.CommitAsync(batch, Announce(batch), CancellationToken.None);
            }
            catch (Exception e)
            {
                await FailAsync(batch, e);
                return;
            }

            if (lost.Count == 0)
            {
                Interlocked.Increment(ref _commits);
                node.SweepNeeded.Worked();
                batch.ForEach(c => c.Complete(null));
                return;
            }

            batch = Drop(batch, lost);
        }
    }

    private List<Checkpoint> Drop(List<Checkpoint> batch, List<PartitionLease> lost)
    {
        lost.ForEach(Lose);
        var refused = batch.FindAll(c => c.Fence is not null && lost.Contains(c.Fence));
        refused.ForEach(c => c.Complete(new FenceLostException()));
        return batch.FindAll(c => !refused.Contains(c));
    }

    private void Lose(PartitionLease lease)
    {
        if (node.OwnedOrNull(lease.Id) is { } owned && owned.Lease == lease)
            node.Lose(lease.Id);
    }

    private async Task FailAsync(List<Checkpoint> batch, Exception e)
    {
        var refused = e is PostgresException or SqliteException or InvalidOperationException or ArgumentException; // the latter: a text that cannot be encoded
        if (refused && batch.Count > 1)
        {
            // The store has said no to the whole; one at a time, only the culprit fails.
            foreach (var checkpoint in batch)
                await CommitAsync([checkpoint]);
            return;
        }

        node.Logger.LogWarning(e, "A commit of {Count} checkpoints failed; their instances are rebuilt from the store.", batch.Count);
        if (!refused)
            await RefenceAsync(batch);
        batch.ForEach(c => c.Complete(e));
        node.SweepNeeded.Set();
    }

    /// <summary>The outcome is unknown and the commit may still be on its way. With a higher epoch it either has taken effect by now or never will.</summary>
    private async Task RefenceAsync(List<Checkpoint> batch)
    {
        var leases = batch.Where(c => c.Fence is not null).Select(c => c.Fence!).Distinct().ToList();
        while (leases.Count > 0)
        {
            try
            {
                (await node.Store.RefenceAsync(node.Id, leases, CancellationToken.None)).ForEach(Lose);
                return;
            }
            catch (Exception e) when (!_ready.Reader.Completion.IsCompleted)
            {
                node.Logger.LogWarning(e, "The store cannot be reached.");
                await Task.Delay(RefencePause, node.StoreClock);
                leases.RemoveAll(l => node.OwnedOrNull(l.Id)?.Lease != l);
            }
        }
    }

    private Announcement Announce(List<Checkpoint> batch)
    {
        if (!node.HasPeers)
            return Announcement.None;

        var partitions = batch.SelectMany(c => c.Creations, (_, n) => n.Header.Partition).Concat(batch.SelectMany(c => c.Messages, (_, m) => m.Partition))
            .Where(p => node.OwnedOrNull(p) is null).ToHashSet();
        var instances = batch.Where(c => c.Update is { CompletedAt: not null } or { Number: 0 }).Select(c => c.Update!.InstanceId).ToList();
        return new Announcement(partitions, instances);
    }
}
