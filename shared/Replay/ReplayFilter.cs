using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Platform.Replay;

/// <summary>Which stored events a replay takes; conditions are ANDed, times are inclusive and on when the event happened.</summary>
public sealed record ReplayFilter : IValidatableObject
{
    public const int MaxTypes = 100;
    public const int MaxIds = 1000;

    [MaxLength(MaxIds)]
    public IReadOnlyList<Guid>? EventIds { get; init; }

    public Guid? ExecutionId { get; init; }

    [StringLength(128)]
    public string? AggregateId { get; init; }

    [StringLength(128)]
    public string? CorrelationId { get; init; }

    [MaxLength(MaxTypes)]
    public IReadOnlyList<string>? EventTypes { get; init; }

    [MaxLength(MaxTypes)]
    public IReadOnlyList<string>? ExcludeEventTypes { get; init; }

    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    public Guid? UserId { get; init; }

    /// <summary>Producer of the events, <c>metadata.service_name</c>.</summary>
    [StringLength(128)]
    public string? ServiceName { get; init; }

    [JsonIgnore]
    public bool IsEmpty => !HasLists && this with { EventIds = null, EventTypes = null, ExcludeEventTypes = null } == new ReplayFilter();

    private bool HasLists => EventIds is { Count: > 0 } || EventTypes is { Count: > 0 } || ExcludeEventTypes is { Count: > 0 };

    /// <summary>This filter, and where it says nothing, the other.</summary>
    public ReplayFilter Or(ReplayFilter? other) => other is null ? this : new ReplayFilter
    {
        EventIds = EventIds ?? other.EventIds,
        ExecutionId = ExecutionId ?? other.ExecutionId,
        AggregateId = AggregateId ?? other.AggregateId,
        CorrelationId = CorrelationId ?? other.CorrelationId,
        EventTypes = EventTypes ?? other.EventTypes,
        ExcludeEventTypes = ExcludeEventTypes ?? other.ExcludeEventTypes,
        StartTime = StartTime ?? other.StartTime,
        EndTime = EndTime ?? other.EndTime,
        UserId = UserId ?? other.UserId,
        ServiceName = ServiceName ?? other.ServiceName,
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TimeRange.Check(StartTime, EndTime, nameof(StartTime));
}
