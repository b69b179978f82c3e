using System.Text.Json;

namespace Platform.Events.Aggregation;

/// <summary>
/// Lets the database do what it can do of a pipeline's beginning, with parameters: conditions of leading <c>$match</c> stages on type, user, aggregate, correlation,
/// service and time, and a sort by time after them. The conditions are tested again afterwards, so that here they may be wider, but never narrower.
/// </summary>
internal static class MatchPushdown
{
    private const string Match = "$match";
    private const string Sort = "$sort";

    /// <summary>The events that the pipeline may read, in the order in which it reads them.</summary>
    /// <param name="events">All of them.</param>
    /// <param name="pipeline">The stages, which compile.</param>
    /// <param name="sorted">Index of the stage that the order makes superfluous; -1 without one.</param>
    public static IQueryable<PlatformEvent> Apply(IQueryable<PlatformEvent> events, IReadOnlyList<JsonElement> pipeline, out int sorted)
    {
        var index = 0;
        for (; index < pipeline.Count && ArgumentOf(pipeline[index], Match) is { } match; index++)
            events = Narrow(events, match);
        var direction = index < pipeline.Count ? TimeDirection(pipeline[index]) : 0;
        sorted = direction == 0 ? -1 : index;
        return (direction < 0 ? EventOrder.NewestFirst : EventOrder.OldestFirst).Apply(events);
    }

    private static JsonElement? ArgumentOf(JsonElement stage, string name) =>
        stage.ValueKind == JsonValueKind.Object && stage.TryGetProperty(name, out var argument) && argument.ValueKind == JsonValueKind.Object ? argument : null;

    private static int TimeDirection(JsonElement stage) =>
        ArgumentOf(stage, Sort) is { } keys && keys.EnumerateObject().ToList() is [{ Name: "timestamp", Value: { ValueKind: JsonValueKind.Number } value }] && value.TryGetInt32(out var direction)
            ? direction
            : 0;

    private static IQueryable<PlatformEvent> Narrow(IQueryable<PlatformEvent> events, JsonElement match)
    {
        foreach (var member in match.EnumerateObject())
        {
            if (member.Name == "$and" && member.Value.ValueKind == JsonValueKind.Array)
                events = member.Value.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Object).Aggregate(events, Narrow);
            else if (member.Name is "timestamp" or "stored_at" or "ttl_expires_at")
                events = ByTime(events, member.Name, member.Value);
            else if (TextsOf(member.Value) is { } texts)
                events = ByText(events, member.Name, texts);
        }

        return events;
    }

    private static IQueryable<PlatformEvent> ByText(IQueryable<PlatformEvent> events, string path, List<string> texts)
    {
        switch (path)
        {
            case "event_type":
                return new EventFilter { EventTypes = texts }.Apply(texts.Count == 0 ? events.Where(e => false) : events);
            case "aggregate_id":
                return texts is [var aggregate] ? events.Where(e => e.AggregateId == aggregate) : events.Where(e => texts.Contains(e.AggregateId!));
            case "correlation_id" or "metadata.correlation_id":
                return texts is [var correlation] ? events.Where(e => e.CorrelationId == correlation) : events.Where(e => texts.Contains(e.CorrelationId!));
            case "metadata.service_name":
                return events.Where(e => texts.Contains(e.ServiceName));
            case "metadata.user_id":
                var ids = texts.Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).Distinct().ToList();
                return ids is [var user] ? events.Where(e => e.UserId == user) : events.Where(e => ids.Contains(e.UserId!.Value));
            default:
                return events;
        }
    }

    /// <summary>The texts of which one must be there; null when the condition is another one.</summary>
    private static List<string>? TextsOf(JsonElement condition)
    {
        if (condition.ValueKind == JsonValueKind.String)
            return [condition.GetString()!];
        if (condition.ValueKind != JsonValueKind.Object)
            return null;
        if (condition.TryGetProperty("$eq", out var one))
            return one.ValueKind == JsonValueKind.String ? [one.GetString()!] : null;
        if (!condition.TryGetProperty("$in", out var list) || list.ValueKind != JsonValueKind.Array)
            return null;
        return list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) ? [.. list.EnumerateArray().Select(item => item.GetString()!)] : null;
    }

    private static IQueryable<PlatformEvent> ByTime(IQueryable<PlatformEvent> events, string path, JsonElement condition)
    {
        var bounds = condition.ValueKind == JsonValueKind.Object ? condition.EnumerateObject().Select(member => (member.Name, member.Value)) : [("$eq", condition)];
        foreach (var (name, value) in bounds)
        {
            if (value.ValueKind != JsonValueKind.String || !WireTime.TryParse(value.GetString(), out var time))
                continue;
            if (name is "$eq" or "$gt" or "$gte")
                events = From(events, path, time);
            if (name is "$eq" or "$lt" or "$lte")
                events = To(events, path, time);
        }

        return events;
    }

    private static IQueryable<PlatformEvent> From(IQueryable<PlatformEvent> events, string path, DateTimeOffset time) => path switch
    {
        "timestamp" => events.Where(e => e.Timestamp >= time),
        "stored_at" => events.Where(e => e.StoredAt >= time),
        _ => events.Where(e => e.TtlExpiresAt >= time),
    };

    // Parameters have whole milliseconds, as the rows: what is later than the row's is so after the cut as well.
    private static IQueryable<PlatformEvent> To(IQueryable<PlatformEvent> events, string path, DateTimeOffset time) => path switch
    {
        "timestamp" => events.Where(e => e.Timestamp <= time),
        "stored_at" => events.Where(e => e.StoredAt <= time),
        _ => events.Where(e => e.TtlExpiresAt <= time),
    };
}
