using System.ComponentModel.DataAnnotations;

namespace Platform.Executions;

/// <summary>Filter of <c>GET /admin/queue</c>.</summary>
public sealed record QueueFilter
{
    /// <summary>Only those that wait for a slot, or only those that hold one.</summary>
    public QueueState? State { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue), Alias("skip")]
    public int Offset { get; init; }
}

public enum QueueState
{
    Active,
    Waiting,
}

/// <summary>
/// The queue of all tenants: those that hold a slot, longest first, then those that wait, in the order in which they will be served. <c>depth</c> counts those that wait
/// per band.
/// </summary>
public sealed record QueuePage(
    IReadOnlyList<QueueEntry> Executions, IReadOnlyDictionary<string, int> Depth, int Active, int Waiting, int MaxConcurrentExecutions, int Total, int Limit, int Offset);

/// <summary>One execution in the queue. <c>band</c> is that of its priority, or further back after a failed start; <c>position</c> 1 is served next, null holds a slot.</summary>
public sealed record QueueEntry(
    Guid ExecutionId,
    Guid UserId,
    Guid OrganizationId,
    string Lang,
    string LangVersion,
    ExecutionStatus Status,
    ExecutionPriority Priority,
    int Band,
    int? Position,
    int StartAttempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt);

/// <summary>Body of <c>PUT /admin/queue/{executionId}/priority</c>.</summary>
public sealed record PriorityChange([property: Required] ExecutionPriority? Priority, [property: StringLength(500)] string? Reason = null);
