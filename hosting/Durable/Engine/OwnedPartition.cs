using System.Collections.Concurrent;

namespace EmbeddedFunctions.Durable;

/// <summary>A partition that this node owns: its instances in memory, its activities under way, and which inbox rows have been handed out.</summary>
#pragma warning disable CA1001 // The token outlives the partition in activities that still run; its source has no timer and nothing to dispose.
internal sealed class OwnedPartition(DurableNode node, PartitionLease lease)
#pragma warning restore CA1001
{
    private readonly ConcurrentDictionary<string, LiveInstance> _instances = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ActivityKey, byte> _activities = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Lock _inbox = new();
    private readonly HashSet<string> _delivered = new(StringComparer.Ordinal);
    private HashSet<string> _consumed = new(StringComparer.Ordinal);

    public PartitionLease Lease { get; } = lease;

    public int Id => Lease.Id;

    /// <summary>Cancelled when another node owns the partition, or none.</summary>
    public CancellationToken Lost => _lost.Token;

    public ICollection<LiveInstance> Instances => _instances.Values;

    /// <summary>An activity runs, or its outcome is on the way into the history: a new owner would run it again.</summary>
    public bool IsBusy => !_activities.IsEmpty;

    public bool Holds(string instanceId) => _instances.ContainsKey(instanceId);

    /// <summary>The orchestration if it is in memory and has not finished.</summary>
    public InstanceHeader? UnderWayOrNull(string instanceId) => _instances.TryGetValue(instanceId, out var live) ? (live as LiveOrchestration)?.UnderWay : null;

    public void Post(Message message)
    {
        if (message.Id is not null && !MarkDelivered(message.Id))
            return;

        while (!_lost.IsCancellationRequested)
        {
            var instance = _instances.GetOrAdd(message.InstanceId, static (id, me) => LiveInstance.Create(me.Node, me.Partition, id), (Node: node, Partition: this));
            if (instance.TryPost(message))
                return;

            Remove(instance);
        }

        message.Birth?.CreateOnly();
    }

    public void Remove(LiveInstance instance) => _instances.TryRemove(new KeyValuePair<string, LiveInstance>(instance.InstanceId, instance));

    /// <summary>False when the activity is already under way, or its outcome on the way into the history.</summary>
    public bool TryBegin(ActivityKey activity) => _activities.TryAdd(activity, 0);

    /// <summary>The activity's outcome is in the history, or no longer wanted.</summary>
    public void Settle(ActivityKey activity) => _activities.TryRemove(activity, out _);

    /// <summary>The rows are deleted. They are remembered until a sweep has begun that cannot see them any more.</summary>
    public void Consumed(IReadOnlyList<string> messages)
    {
        lock (_inbox)
        {
            foreach (var id in messages)
            {
                _delivered.Remove(id);
                _consumed.Add(id);
            }
        }
    }

    /// <summary>Called before a sweep reads: what is consumed until now will not be among its rows.</summary>
    public void BeginSweep()
    {
        lock (_inbox)
            _consumed = new HashSet<string>(StringComparer.Ordinal);
    }

    public void Lose()
    {
        _ = _lost.CancelAsync(); // callbacks of activities run elsewhere
        _instances.Clear();
    }

    private bool MarkDelivered(string id)
    {
        lock (_inbox)
            return !_consumed.Contains(id) && _delivered.Add(id);
    }
}

/// <summary>One scheduled activity.</summary>
internal readonly record struct ActivityKey(string InstanceId, long Generation, int TaskId);
