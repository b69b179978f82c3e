using EmbeddedFunctions.Durable.Storage;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Durable;

/// <summary>The parts of an engine on this node and the partitions that it owns at the moment.</summary>
internal sealed class DurableNode
{
    private OwnedPartition?[] _partitions = [];

    /// <param name="clock">Of orchestrations: their time, timers and scheduled starts.</param>
    /// <param name="storeClock">Of leases, sweeps and pauses before a retry; it has to run as the store's own does, so only a test of these gives another than the system's.</param>
    public DurableNode(IDurableStore store, OrchestrationServices services, DurableOptions options, TimeProvider clock, TimeProvider storeClock)
    {
        Store = store;
        Services = services;
        Options = options;
        Clock = clock;
        StoreClock = storeClock;
        SweepNeeded = new SweepSignal(storeClock);
        Logger = services.Loggers.CreateLogger("EmbeddedFunctions.Durable");
        MessageIds = new MessageIds(clock);
        Writer = new CommitWriter(this);
        Activities = new ActivityDispatcher(services, options.MaxConcurrentActivities);
        Timers = new TimerQueue(clock, SweepNeeded);
        Entities = new SemaphoreSlim(options.MaxConcurrentEntities);
        Loads = new SemaphoreSlim(options.MaxConcurrentLoads);
    }

    public string Id { get; } = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.CreateVersion7():N}";

    public IDurableStore Store { get; }

    public OrchestrationServices Services { get; }

    public DurableOptions Options { get; }

    public TimeProvider Clock { get; }

    public TimeProvider StoreClock { get; }

    public ILogger Logger { get; }

    public MessageIds MessageIds { get; }

    public CommitWriter Writer { get; }

    public ActivityDispatcher Activities { get; }

    public TimerQueue Timers { get; }

    public InstanceWaiters Waiters { get; } = new();

    /// <summary>How many entities may run operations at the same time.</summary>
    public SemaphoreSlim Entities { get; }

    /// <summary>How many instances may be read from the store at the same time; a takeover would otherwise ask for all at once.</summary>
    public SemaphoreSlim Loads { get; }

    /// <summary>Other nodes share the store, so that they are to be told what concerns them.</summary>
    public bool HasPeers { get; set; }

    /// <summary>Wakes the sweep.</summary>
    public SweepSignal SweepNeeded { get; }

    public int PartitionCount => _partitions.Length;

    public IEnumerable<OwnedPartition> Owned => _partitions.Where(p => p is not null)!;

    public DateTime UtcNow => Clock.GetUtcNow().UtcDateTime;

    public void SetPartitionCount(int count) => _partitions = new OwnedPartition?[count];

    public int PartitionOf(string instanceId) => InstanceIds.PartitionOf(instanceId, _partitions.Length);

    public OwnedPartition? OwnedOrNull(int partition) => Volatile.Read(ref _partitions[partition]);

    /// <summary>The orchestration if it lives here and has not finished.</summary>
    public InstanceHeader? UnderWayOrNull(string instanceId) => OwnedOrNull(PartitionOf(instanceId))?.UnderWayOrNull(instanceId);

    public void Take(PartitionLease lease) => Interlocked.Exchange(ref _partitions[lease.Id], new OwnedPartition(this, lease))?.Lose();

    /// <summary>Forgets the partition; what its instances still have under way comes to nothing.</summary>
    public void Lose(int partition) => Interlocked.Exchange(ref _partitions[partition], null)?.Lose();

    /// <summary>Hands a committed message to its instance if that lives here; other nodes find it in the store.</summary>
    public void Deliver(Message message)
    {
        if (OwnedOrNull(message.Partition) is not { } partition)
            return;

        if (message.DueAt is { } due)
            Timers.Add(partition, null, due);
        else
            partition.Post(message);
    }

    /// <summary>Hands on what a committed checkpoint has created and sent.</summary>
    public void DeliverAll(Checkpoint committed)
    {
        foreach (var creation in committed.Creations)
        {
            if (!creation.Refused)
                Deliver(new Message(creation.Header.InstanceId, creation.Header.Partition) { Start = creation.Header });
            else if (creation.OnRefused is { } refusal)
                Deliver(refusal);
        }

        foreach (var message in committed.Messages)
            Deliver(message);
    }
}
