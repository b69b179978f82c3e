using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Platform.Data;
using Platform.Events;

namespace Platform.Functions.Events;

public enum SortOrder
{
    Desc,
    Asc,
}

/// <summary>Query of <c>GET /events/executions/{executionId}/events</c>.</summary>
public sealed record ExecutionEventsQuery
{
    /// <summary>With events of the platform's own services: saga and sandbox.</summary>
    public bool IncludeSystemEvents { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 1000)]
    public int Limit { get; init; } = 1000;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Skip { get; init; }
}

/// <summary>Query of <c>GET /events/user</c>.</summary>
public sealed record OwnEventsQuery : IValidatableObject
{
    /// <summary>Events of these types only.</summary>
    [MaxLength(100)]
    public IReadOnlyList<string> EventTypes { get; init; } = [];

    /// <summary>Happened at this time or later.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>Happened at this time or earlier.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 1000)]
    public int Limit { get; init; } = 100;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Skip { get; init; }

    /// <summary>By time, newest first unless <c>asc</c>.</summary>
    public SortOrder SortOrder { get; init; }

    public EventFilter ToFilter() => new() { EventTypes = EventTypes, From = StartTime, To = EndTime };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TimeRange.Check(StartTime, EndTime, nameof(StartTime));
}

/// <summary>Body of <c>POST /events/query</c>; the filters are ANDed. Another user than the caller is for operators, who without one search everybody's.</summary>
public sealed record EventSearch : EventConditions, IValidatableObject
{
    private const int Deepest = 100_000;

    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    /// <summary>Words that must all occur in type, aggregate id or payload, in any case.</summary>
    [StringLength(200)]
    public string? TextSearch { get; init; }

    public EventSortKey SortBy { get; init; }

    public SortOrder SortOrder { get; init; }

    [Range(1, 1000)]
    public int Limit { get; init; } = 100;

    [Range(0, Deepest)]
    public int Skip { get; init; }

    public EventOrder ToOrder() => new(SortBy, SortOrder == SortOrder.Desc);

    public EventFilter ToFilter() => ToFilter(StartTime, EndTime) with { Search = TextSearch };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var result in TimeRange.Check(StartTime, EndTime, nameof(StartTime)))
            yield return result;
        if (Limit + Skip > Deepest)
            yield return new ValidationResult($"limit and skip should not exceed {Deepest} together", [nameof(Skip)]);
    }
}

/// <summary>Query of the lists by correlation.</summary>
public sealed record CorrelationQuery
{
    /// <summary>For operators: not only their own events. Ignored for others.</summary>
    public bool IncludeAllUsers { get; init; }

    /// <summary>Most events in the answer, the oldest.</summary>
    [Range(1, 1000)]
    public int Limit { get; init; } = 100;
}

/// <summary>Query of <c>GET /events/current-request</c>.</summary>
public sealed record CurrentRequestQuery
{
    /// <summary>Most events in the answer, the oldest.</summary>
    [Range(1, 1000)]
    public int Limit { get; init; } = 100;
}

/// <summary>Query of <c>GET /events/statistics</c>.</summary>
public sealed record StatisticsQuery
{
    /// <summary>First moment that counts; 24 hours ago without it.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>Last moment that counts; now without it.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>For operators: not only their own events. Ignored for others.</summary>
    public bool IncludeAllUsers { get; init; }
}

/// <summary>Body of <c>POST /events/publish</c>.</summary>
public sealed record EventPublication(
    [Required, StringLength(100, MinimumLength = 1)] string EventType,
    [Required] IReadOnlyDictionary<string, JsonElement> Payload,
    [StringLength(256)] string? AggregateId,
    [StringLength(128), RegularExpression("^[ -~]+$")] string? CorrelationId,
    [StringLength(128), RegularExpression("^[ -~]+$")] string? CausationId,
    IReadOnlyDictionary<string, JsonElement>? Metadata)
{
    public PublishedEvent ToEvent() => new(
        EventType, JsonSerializer.SerializeToElement(Payload, JsonColumn.Options), AggregateId, CorrelationId, CausationId,
        Metadata is null ? null : JsonSerializer.SerializeToElement(Metadata, JsonColumn.Options));
}

/// <summary>Body of <c>POST /events/aggregate</c>.</summary>
public sealed record AggregationBody([Required, Length(1, 20)] IReadOnlyList<JsonElement> Pipeline, [Range(1, 1000)] int Limit = 100);
