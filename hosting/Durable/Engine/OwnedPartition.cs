using System.Collections.Concurrent;

namespace EmbeddedFunctions.Durable;

/// <summary>A partition that this node owns: its instances in memory, its activities under way, and which inbox rows have been handed out.</summary>
#pragma warning disable CA1001 // The token outlives the partition in activities that still run; its source has no timer and nothing to dispose.
internal sealed class OwnedPartition(DurableNode node, PartitionLease lease)
#pragma warning restore CA1001
{
    private readonly ConcurrentDictionary<string, LiveInstance> instances = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ActivityKey, byte> activities = new();
    private readonly CancellationTokenSource lost = new();
    private readonly Lock inbox = new();
    private readonly HashSet<string> delivered = new(StringComparer.Ordinal);
    private HashSet<string> consumed = new(StringComparer.Ordinal);

    public PartitionLease Lease { get; } = lease;

    public int Id => Lease.Id;

    /// <summary>Cancelled when another node owns the partition, or none.</summary>
    public CancellationToken Lost => lost.Token;

    public ICollection<LiveInstance> Instances => instances.Values;

    public bool Holds(string instanceId) => instances.ContainsKey(instanceId);

    public void Post(Message message)
    {
        if (message.Id is not null && !MarkDelivered(message.Id))
            return;

        while (!lost.IsCancellationRequested)
        {
            var instance = instances.GetOrAdd(message.InstanceId, static (id, me) => new LiveInstance(me.Node, me.Partition, id), (Node: node, Partition: this));
            if (instance.TryPost(message))
                return;

            Remove(instance);
        }
    }

    public void Remove(LiveInstance instance) => instances.TryRemove(new KeyValuePair<string, LiveInstance>(instance.InstanceId, instance));

    /// <summary>False when the activity is already under way, or its outcome on the way into the history.</summary>
    public bool TryBegin(ActivityKey activity) => activities.TryAdd(activity, 0);

    /// <summary>The activity's outcome is in the history, or no longer wanted.</summary>
    public void Settle(ActivityKey activity) => activities.TryRemove(activity, out _);

    /// <summary>The rows are deleted. They are remembered until a sweep has begun that cannot see them any more.</summary>
    public void Consumed(IReadOnlyList<string> messages)
    {
        lock (inbox)
        {
            foreach (var id in messages)
            {
                delivered.Remove(id);
                consumed.Add(id);
            }
        }
    }

    /// <summary>Called before a sweep reads: what is consumed until now will not be among its rows.</summary>
    public void BeginSweep()
    {
        lock (inbox)
            consumed = new HashSet<string>(StringComparer.Ordinal);
    }

    public void Lose()
    {
        _ = lost.CancelAsync(); // callbacks of activities run elsewhere
        instances.Clear();
    }

    private bool MarkDelivered(string id)
    {
        lock (inbox)
            return !consumed.Contains(id) && delivered.Add(id);
    }
}

/// <summary>One scheduled activity.</summary>
internal readonly record struct ActivityKey(string InstanceId, long Generation, int TaskId);
