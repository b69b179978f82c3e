using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Platform.Events;

namespace Platform.Functions.Events;

/// <summary>Body of <c>POST /admin/events/browse</c>.</summary>
public sealed record BrowseBody : IValidatableObject
{
    public BrowseFilters Filters { get; init; } = new();

    [Range(0, int.MaxValue)]
    public int Skip { get; init; }

    [Range(1, 500)]
    public int Limit { get; init; } = 50;

    public EventSortKey SortBy { get; init; }

    /// <summary><c>desc</c> or -1, <c>asc</c> or 1.</summary>
    public JsonElement SortOrder { get; init; } = JsonSerializer.SerializeToElement(-1);

    public EventOrder ToOrder() => new(SortBy, Descending: DirectionOf(SortOrder) < 0);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DirectionOf(SortOrder) == 0)
            yield return new ValidationResult("Input should be -1, 1, 'desc' or 'asc'", [nameof(SortOrder)]);
    }

    private static int DirectionOf(JsonElement order) => order.ToString() switch
    {
        "-1" or "desc" => -1,
        "1" or "asc" => 1,
        _ => 0,
    };
}

/// <summary>Which events are browsed; all without any.</summary>
public sealed record BrowseFilters : EventConditions, IValidatableObject
{
    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    /// <summary>Words that must all occur in type, aggregate id or payload, in any case.</summary>
    [StringLength(200)]
    public string? SearchText { get; init; }

    public EventFilter ToFilter() => ToFilter(StartTime, EndTime) with { Search = SearchText };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TimeRange.Check(StartTime, EndTime, nameof(StartTime));
}

/// <summary>Query of <c>GET /admin/events/stats</c>.</summary>
public sealed record AdminStatsQuery
{
    /// <summary>Hours back from now.</summary>
    [Range(1, 168)]
    public int Hours { get; init; } = 24;
}

/// <summary>Query of the exports.</summary>
public sealed record ExportQuery : EventConditions, IValidatableObject
{
    /// <summary>Happened at this time or later: ISO 8601, or seconds since 1970.</summary>
    [StringLength(40)]
    public string? StartTime { get; init; }

    /// <summary>Happened at this time or earlier: ISO 8601, or seconds since 1970.</summary>
    [StringLength(40)]
    public string? EndTime { get; init; }

    /// <summary>Most events in the file, the newest.</summary>
    [Range(1, EventExport.MaxEvents)]
    public int Limit { get; init; } = 10_000;

    public EventFilter ToFilter() => ToFilter(TimeOf(StartTime), TimeOf(EndTime));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, text) in ((string, string?)[])[(nameof(StartTime), StartTime), (nameof(EndTime), EndTime)])
        {
            if (!string.IsNullOrEmpty(text) && TimeOf(text) is null)
                yield return new ValidationResult("Input should be a valid datetime or seconds since 1970", [name]);
        }

        foreach (var result in TimeRange.Check(TimeOf(StartTime), TimeOf(EndTime), nameof(StartTime)))
            yield return result;
    }

    private static DateTimeOffset? TimeOf(string? text)
    {
        if (WireTime.TryParse(text, out var time))
            return time;
        var isNumber = double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds);
        return isNumber && seconds is >= 0 and < 253_402_300_800 ? DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Round(seconds * 1000)) : null;
    }
}
