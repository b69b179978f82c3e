using System.ComponentModel.DataAnnotations;
using Platform.Replay;

namespace Platform.Functions.Replay;

/// <summary>Query of <c>GET /replay/sessions</c>.</summary>
public sealed record ReplaySessionFilter
{
    /// <summary>Sessions in this state only.</summary>
    public ReplayStatus? Status { get; init; }

    /// <summary>Most sessions in the answer, the newest.</summary>
    [Range(1, 1000)]
    public int Limit { get; init; } = 100;
}

/// <summary>Query of <c>POST /replay/cleanup</c>.</summary>
public sealed record ReplayAge
{
    /// <summary>Hours since a session was created.</summary>
    [Range(1, 876_000)]
    public int OlderThanHours { get; init; } = 24;
}

/// <summary>Query of <c>POST /events/replay/{aggregateId}</c>.</summary>
public sealed record AggregateReplayQuery : IValidatableObject
{
    /// <summary>The consumer that takes the events as news.</summary>
    [StringLength(64)]
    public string? TargetService { get; init; }

    /// <summary>Only tell what would be replayed.</summary>
    public bool DryRun { get; init; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ReplayRules.CheckService(TargetService, nameof(TargetService));
}

/// <summary>Body of <c>POST /admin/events/replay</c>; conditions are ANDed.</summary>
public sealed record EventReplayRequest : IValidatableObject
{
    [MaxLength(ReplayFilter.MaxIds)]
    public IReadOnlyList<Guid>? EventIds { get; init; }

    [StringLength(128)]
    public string? CorrelationId { get; init; }

    [StringLength(128)]
    public string? AggregateId { get; init; }

    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    /// <summary>The consumer that takes the events as news; without one they are only counted and checked.</summary>
    [StringLength(64)]
    public string? TargetService { get; init; }

    /// <summary>Only tell what would be replayed.</summary>
    public bool DryRun { get; init; } = true;

    public ReplayFilter ToFilter() => new() { EventIds = EventIds, CorrelationId = CorrelationId, AggregateId = AggregateId, StartTime = StartTime, EndTime = EndTime };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        ReplayRules.CheckService(TargetService, nameof(TargetService)).Concat(TimeRange.Check(StartTime, EndTime, nameof(StartTime)));
}
