using System.ComponentModel.DataAnnotations;
using Platform.Events;

namespace Platform.Functions.Events;

/// <summary>Of which events a search, a browse or an export is; conditions are ANDed, and one that is not given holds for all.</summary>
public abstract record EventConditions
{
    /// <summary>Events of these types only.</summary>
    [MaxLength(100)]
    public IReadOnlyList<string>? EventTypes { get; init; }

    /// <summary>Events of this aggregate only.</summary>
    [StringLength(256)]
    public string? AggregateId { get; init; }

    /// <summary>Events of this correlation only.</summary>
    [StringLength(128)]
    public string? CorrelationId { get; init; }

    /// <summary>Events of this user only.</summary>
    public Guid? UserId { get; init; }

    /// <summary>Events of this service only.</summary>
    [StringLength(128)]
    public string? ServiceName { get; init; }

    protected EventFilter ToFilter(DateTimeOffset? from, DateTimeOffset? to) => new()
    {
        EventTypes = EventTypes ?? [],
        AggregateId = AggregateId,
        CorrelationId = CorrelationId,
        UserId = UserId,
        ServiceName = ServiceName,
        From = from,
        To = to,
    };
}
