using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask.Client;

namespace EmbeddedFunctions.Durable;

/// <summary>
/// The unit of durability: everything that one turn of one instance (or one call of a client) changes. All of it is committed or nothing is. <see cref="Complete"/> is called
/// once, on the writer's thread, with what went wrong or null.
/// </summary>
internal sealed class Checkpoint(Action<Exception?> completed)
{
    /// <summary>The lease without which it must not be committed; null for calls of clients, which may come from any node.</summary>
    public PartitionLease? Fence { get; init; }

    /// <summary>The instance of <see cref="Update"/> itself, which its first turn creates. Nobody else knows its id yet, so that it cannot be refused.</summary>
    public NewInstance? Born { get; init; }

    public InstanceUpdate? Update { get; init; }

    public StoredEntity? Entity { get; init; }

    /// <summary>Failed instances that start over from a part of their history. They are finished, so that no fence guards them, but their generation and status.</summary>
    public List<InstanceUpdate> Rewinds { get; } = [];

    public List<NewInstance> Creations { get; } = [];

    public List<Message> Messages { get; } = [];

    /// <summary>Ids of the inbox rows of the fence's partition that this checkpoint takes in.</summary>
    public List<string> Consumed { get; } = [];

    public void Complete(Exception? error) => completed(error);
}

/// <summary>The right to commit for a partition: the epoch grows with every change of owner.</summary>
internal sealed class PartitionLease(int id, long epoch)
{
    public int Id { get; } = id;

    public long Epoch { get; set; } = epoch;
}

/// <summary>The new state of an instance, and the piece of history that led to it.</summary>
internal sealed record InstanceUpdate(string InstanceId, long Generation, OrchestrationRuntimeStatus Status)
{
    /// <summary>Set when the instance starts over: a new generation, input and version; the old history is deleted.</summary>
    public InstanceHeader? Restart { get; init; }

    public string? CustomStatus { get; init; }

    public string? Output { get; init; }

    public Failure? Failure { get; init; }

    /// <summary>
    /// When the instance has to be in memory at the latest: at once (<see cref="DateTime.MinValue"/>) with activities under way or a turn to make, at its next timer, or never
    /// (null) while it waits for messages only. A node that takes over a partition loads exactly these.
    /// </summary>
    public DateTime? DueAt { get; init; }

    public DateTime UpdatedAt { get; init; }

    public DateTime? CompletedAt { get; init; }

    /// <summary>Counts the checkpoints of the generation from 0. With the generation it is the key of the history row, so that the same checkpoint cannot be committed twice.</summary>
    public int Number { get; init; }

    public required string History { get; init; }
}

/// <summary>An instance to be created, unless there is one of that id in a status that is not replaceable.</summary>
internal sealed class NewInstance(InstanceHeader header, IReadOnlyList<OrchestrationRuntimeStatus> replaceable)
{
    public static readonly IReadOnlyList<OrchestrationRuntimeStatus> Finished =
        [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    public InstanceHeader Header { get; } = header;

    public IReadOnlyList<OrchestrationRuntimeStatus> Replaceable { get; } = replaceable;

    /// <summary>What the parent of a sub-orchestration gets instead, in the same transaction.</summary>
    public Message? OnRefused { get; init; }

    /// <summary>Set by the store.</summary>
    public bool Refused { get; set; }
}
