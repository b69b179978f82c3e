using System.Collections.ObjectModel;

namespace EmbeddedFunctions.DurableTask;

/// <summary>Options of a new orchestration: its id (generated when null) and the earliest time of its first turn.</summary>
public record StartOrchestrationOptions(string? InstanceId = null, DateTimeOffset? StartAt = null)
{
    public IReadOnlyDictionary<string, string> Tags { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    public TaskVersion? Version { get; init; }

    /// <summary>Statuses of an existing instance of the same id in which the start is refused; a running one always refuses it.</summary>
    public IReadOnlyList<string>? DedupeStatuses { get; init; }
}
