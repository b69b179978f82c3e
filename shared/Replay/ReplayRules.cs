using System.ComponentModel.DataAnnotations;
using Platform.Events;

namespace Platform.Replay;

/// <summary>Rules that requests of replays have in common.</summary>
public static class ReplayRules
{
    public static IEnumerable<ValidationResult> CheckService(string? service, string member)
    {
        if (service is not null && !ConsumerServices.All.Contains(service))
            yield return new ValidationResult($"Input should be {string.Join(", ", ConsumerServices.All.Select(name => $"'{name}'"))}", [member]);
    }

    /// <summary>What a type of replay needs and the filter does not have.</summary>
    public static IEnumerable<ValidationResult> Lacks(ReplayType type, ReplayFilter filter)
    {
        switch (type)
        {
            case ReplayType.Execution when filter.ExecutionId is null:
                yield return new ValidationResult("A replay of an execution needs execution_id", [nameof(ReplayFilter.ExecutionId)]);
                break;
            case ReplayType.TimeRange when filter.StartTime is null && filter.EndTime is null:
                yield return new ValidationResult("A replay of a time range needs start_time or end_time", [nameof(ReplayFilter.StartTime)]);
                break;
            case ReplayType.EventType when filter.EventTypes is not { Count: > 0 }:
                yield return new ValidationResult("A replay of event types needs event_types", [nameof(ReplayFilter.EventTypes)]);
                break;
            case ReplayType.Query when filter.IsEmpty:
                yield return new ValidationResult("A replay of a query needs a filter", [nameof(ReplaySessionRequest.Filter)]);
                break;
        }
    }

    /// <summary>The first type that the filter names and nobody knows.</summary>
    public static Error? UnknownType(ReplayFilter filter, EventCatalog catalog)
    {
        if (filter.EventTypes?.FirstOrDefault(type => catalog.Find(type) is null) is { } unknown)
            return ReplayErrors.UnknownType("event_types", unknown);
        return filter.ExcludeEventTypes?.FirstOrDefault(type => catalog.Find(type) is null) is { } excluded ? ReplayErrors.UnknownType("exclude_event_types", excluded) : null;
    }
}
