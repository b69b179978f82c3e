using EmbeddedFunctions.Durable.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EmbeddedFunctions.Durable;

/// <summary>
/// Runs the engine: opens the store, keeps the node's lease alive, takes and gives partitions, sweeps for what nobody announced and drops instances that have waited long.
/// </summary>
internal sealed class DurableEngine(DurableNode node) : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan HandOverPatience = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _loops = [];
    private Task _writing = Task.CompletedTask;
    private long _lastHeartbeat;
    private long? _crowdedSince;

    public DurableNode Node => node;

    /// <summary>Completes when the store is open and the first partitions are taken.</summary>
    public Task Ready => _ready.Task;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            node.SetPartitionCount(await OpenAsync(cancellationToken));
            _writing = Task.Run(node.Writer.RunAsync, CancellationToken.None);
            await HeartbeatAsync(cancellationToken);
            _ready.TrySetResult();
        }
        catch (Exception e)
        {
            _ready.TrySetException(e);
            throw;
        }

        _loops.Add(RepeatAsync(HeartbeatLoopAsync));
        _loops.Add(RepeatAsync(SweepLoopAsync));
        _loops.Add(RepeatAsync(ct => node.Store.ListenAsync(Announced, ct)));
    }

    /// <summary>Cancels what runs, commits what is ready and gives the partitions back at once, so that others need not wait for the lease to end.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stopping.IsCancellationRequested)
            return;

        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
        var leases = node.Owned.Select(p => p.Lease).ToList();
        leases.ForEach(l => node.Lose(l.Id));
        node.Writer.Stop();
        await _writing;
        node.Timers.Dispose();
        try
        {
            await node.Store.ReleaseAsync(node.Id, leases, leave: true, cancellationToken);
        }
        catch (Exception e)
        {
            node.Logger.LogWarning(e, "The partitions could not be given back; other nodes take them when the lease ends.");
        }
    }

    /// <summary>Throws what keeps the store from storing.</summary>
    public async Task ProbeStoreAsync(CancellationToken ct)
    {
        await Ready.WaitAsync(ct);
        await node.Store.ProbeAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        _ready.TrySetException(new ObjectDisposedException(nameof(DurableEngine)));
        await StopAsync(CancellationToken.None);
        await node.Store.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task<int> OpenAsync(CancellationToken ct)
    {
        var started = node.StoreClock.GetTimestamp();
        while (true)
        {
            try
            {
                return await node.Store.OpenAsync(node.Options.Partitions, ct);
            }
            catch (NpgsqlException e) when (e.IsTransient && node.StoreClock.GetElapsedTime(started) < Patience)
            {
                node.Logger.LogWarning("The durable store cannot be reached yet: {Message}", e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), node.StoreClock, ct);
            }
        }
    }

    /// <summary>A loop of the engine ends only with the engine; after an error, such as a database that restarts, it goes on.</summary>
    private async Task RepeatAsync(Func<CancellationToken, Task> loop)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await loop(_stopping.Token);
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                node.Logger.LogWarning(e, "The durable engine met an error and goes on.");
                GiveUpIfSilent();
                await Task.Delay(TimeSpan.FromMilliseconds(500), node.StoreClock, CancellationToken.None);
            }
        }
    }

    private async Task HeartbeatLoopAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(node.Options.HeartbeatInterval, node.StoreClock, ct);
            node.Timers.RingIfLate();
            await HeartbeatAsync(ct);
            Evict();
        }
    }

    private async Task HeartbeatAsync(CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(node.Options.Lease / 2, node.StoreClock); // a database that hangs is as good as none
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var view = await node.Store.HeartbeatAsync(node.Id, node.Options.Lease, timeout.Token);
        _lastHeartbeat = node.StoreClock.GetTimestamp();
        node.HasPeers = view.LiveNodes > 1;
        var epochs = view.Owned.ToDictionary(l => l.Id, l => l.Epoch);
        foreach (var lost in node.Owned.Where(p => !epochs.ContainsKey(p.Id)))
            node.Lose(lost.Id);

        // Claimed, but something went wrong before the work was read; or given up here in a silence that the store did not notice.
        var unheld = view.Owned.FindAll(l => node.OwnedOrNull(l.Id) is null);
        var gone = await node.Store.RefenceAsync(node.Id, unheld, ct);
        await TakeAsync(unheld.FindAll(l => !gone.Contains(l)), ct);

        // Each node aims at the same share, so a newcomer gets partitions without anyone deciding.
        var share = (node.PartitionCount + view.LiveNodes - 1) / Math.Max(1, view.LiveNodes);
        var owned = node.Owned.ToList();
        if (owned.Count > share)
            await GiveAsync(ChooseSurplus(owned, owned.Count - share), ct);
        else
            _crowdedSince = null;
        if (owned.Count < share && view.Orphans.Count > 0)
            await TakeAsync(await node.Store.ClaimAsync(node.Id, [.. view.Orphans.Take(share - owned.Count)], ct), ct);
    }

    // What runs in a partition is run again by its next owner. So the quiet ones go, and others only when they have not been quiet at any heartbeat for long.
    private List<OwnedPartition> ChooseSurplus(List<OwnedPartition> owned, int count)
    {
        _crowdedSince ??= node.StoreClock.GetTimestamp();
        var isPatient = node.StoreClock.GetElapsedTime(_crowdedSince.Value) < HandOverPatience;
        return [.. owned.Where(p => !(isPatient && p.IsBusy)).OrderBy(p => p.IsBusy).Take(count)];
    }

    private async Task GiveAsync(List<OwnedPartition> surplus, CancellationToken ct)
    {
        if (surplus.Count == 0)
            return;

        surplus.ForEach(p => node.Lose(p.Id));
        await node.Store.ReleaseAsync(node.Id, surplus.ConvertAll(p => p.Lease), leave: false, ct);
    }

    private async Task TakeAsync(List<PartitionLease> leases, CancellationToken ct)
    {
        if (leases.Count == 0)
            return;

        node.Logger.LogInformation("The durable engine takes {Count} of {All} partitions.", leases.Count, node.PartitionCount);
        var pending = await node.Store.ReadPendingAsync(leases.ConvertAll(l => l.Id), startsDueBy: null, ct);
        leases.ForEach(node.Take);
        foreach (var due in pending.Instances)
            Schedule(due);
        pending.Messages.ForEach(node.Deliver);
        node.SweepNeeded.Set();
    }

    private void Schedule(DueInstance due)
    {
        if (node.OwnedOrNull(due.Partition) is not { } partition)
            return;

        if (due.DueAt <= node.UtcNow)
            partition.Post(new Message(due.InstanceId, due.Partition));
        else
            node.Timers.Add(partition, due.InstanceId, due.DueAt);
    }

    private async Task SweepLoopAsync(CancellationToken ct)
    {
        while (true)
        {
            // Nothing comes into a store of one's own but by one's own commits, so there is nothing to look for before the next.
            if (!node.Store.IsShared)
                await node.SweepNeeded.WaitForWorkAsync(ct);
            await node.SweepNeeded.WaitAsync(node.Options.SweepInterval, ct);
            try
            {
                await SweepAsync(ct);
            }
            catch
            {
                node.SweepNeeded.Set();
                throw;
            }
        }
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        var owned = node.Owned.ToList();
        if (owned.Count == 0)
            return;

        owned.ForEach(p => p.BeginSweep());
        var (partitions, now) = (owned.ConvertAll(p => p.Id), node.UtcNow);
        if (!await node.Store.HasPendingAsync(partitions, now, ct))
            return;

        await node.Store.DeliverDueSignalsAsync(partitions, now, ct);
        var pending = await node.Store.ReadPendingAsync(partitions, now, ct);
        foreach (var start in pending.Instances.Where(i => node.OwnedOrNull(i.Partition)?.Holds(i.InstanceId) == false))
            Schedule(start);
        pending.Messages.ForEach(node.Deliver);
    }

    private void Announced(Announcement? announcement)
    {
        if (announcement is null)
        {
            node.SweepNeeded.Set();
            node.Waiters.SignalAll();
            return;
        }

        if (announcement.Partitions.Any(p => p < node.PartitionCount && node.OwnedOrNull(p) is not null))
            node.SweepNeeded.Set();
        foreach (var instance in announcement.Instances)
        {
            if (node.OwnedOrNull(node.PartitionOf(instance)) is null)
                node.Waiters.Signal(instance, null);
        }
    }

    /// <summary>A node that could not renew its lease stops working for its partitions before others take them.</summary>
    private void GiveUpIfSilent()
    {
        if (node.StoreClock.GetElapsedTime(_lastHeartbeat) < node.Options.Lease)
            return;

        foreach (var partition in node.Owned)
            node.Lose(partition.Id);
    }

    private void Evict()
    {
        var all = node.Owned.SelectMany(p => p.Instances, (p, i) => (Partition: p, Instance: i)).ToList();
        var surplus = all.Count - node.Options.MaxCachedInstances;
        var oldest = all.OrderBy(e => e.Instance.LastStep).Select((e, i) => (e.Partition, e.Instance, Surplus: i < surplus));
        foreach (var (partition, instance, isSurplus) in oldest)
        {
            var idle = node.StoreClock.GetElapsedTime(instance.LastStep) > node.Options.IdleTimeout;
            if ((isSurplus || idle) && instance.TryClose())
                partition.Remove(instance);
        }
    }
}
