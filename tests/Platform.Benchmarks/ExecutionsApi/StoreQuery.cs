using System.Globalization;

namespace Platform.Benchmarks.ExecutionsApi;

/// <summary>An event of the bench's user, by which queries are made.</summary>
internal sealed record StoreSample(Guid UserId, string EventId, string Aggregate, string Correlation, DateTimeOffset At)
{
    public string Day => Text(At);

    public string DayAfter => Text(At.AddDays(1));

    public string HourAfter => Text(At.AddHours(1));

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>A query of the contract (executions.md §3.4, §3.9) over the events of the store.</summary>
/// <param name="Path">With it comes <paramref name="Body"/> when it is a POST.</param>
/// <param name="Unserved">Why no index can serve it; null when one can.</param>
internal sealed record StoreQuery(string Name, bool ByOperator, Func<StoreSample, string> Path, Func<StoreSample, object>? Body = null, string? Unserved = null, bool Correlated = false)
{
    private const string Types = "execution_completed";
    private const string CountsAll = "its total counts every event that matches";
    private const string CountsEach = "it groups every event of the window";

    public static IReadOnlyList<StoreQuery> All { get; } = [.. Own(), .. Searches(), .. Operators(), .. Browses()];

    private static IEnumerable<StoreQuery> Own() =>
    [
        new("events/executions/{id}/events", false, s => $"events/executions/{s.Aggregate}/events"),
        new("events/executions/{id}/events?include_system_events", false, s => $"events/executions/{s.Aggregate}/events?include_system_events=true"),
        new("events/user", false, _ => "events/user"),
        new("events/user?limit=50", false, _ => "events/user?limit=50"),
        new("events/user?skip=2000", false, _ => "events/user?skip=2000"),
        new("events/user?event_types", false, _ => $"events/user?event_types={Types}"),
        new("events/user?start_time&end_time", false, s => $"events/user?start_time={s.Day}&end_time={s.DayAfter}"),
        new("events/user?sort_order=asc", false, _ => "events/user?sort_order=asc"),
        new("events/correlation/{id}", false, s => $"events/correlation/{s.Correlation}"),
        new("events/current-request", false, _ => "events/current-request", Correlated: true),
        new("events/statistics", false, _ => "events/statistics"),
        new("events/types", false, _ => "events/types"),
        new("events/{id}", false, s => $"events/{s.EventId}"),
    ];

    private static IEnumerable<StoreQuery> Searches() =>
    [
        Search("own", _ => new { }),
        Search("aggregate_id", s => new { aggregate_id = s.Aggregate }),
        Search("correlation_id", s => new { correlation_id = s.Correlation }),
        Search("event_types", _ => new { event_types = new[] { Types } }),
        Search("service_name", _ => new { service_name = "execution-service" }),
        Search("start_time, end_time", s => new { start_time = s.Day, end_time = s.DayAfter }),
        Search("sort_by event_type", _ => new { sort_by = "event_type" }),
        Search("sort_by aggregate_id", _ => new { sort_by = "aggregate_id" }),
        Search("sort_by correlation_id", _ => new { sort_by = "correlation_id" }),
        Search("sort_by stored_at", _ => new { sort_by = "stored_at" }),
        Search("text_search in an aggregate", s => new { aggregate_id = s.Aggregate, text_search = "python" }),
        Search("text_search", _ => new { text_search = "python completed" }, "words are looked for in every event of the user"),
    ];

    private static StoreQuery Search(string name, Func<StoreSample, object> body, string? unserved = null) => new($"POST events/query {name}", false, _ => "events/query", body, unserved);

    private static IEnumerable<StoreQuery> Operators() =>
    [
        new("admin events/{id}", true, s => $"events/{s.EventId}"),
        new("admin events/types", true, _ => "events/types"),
        new("admin events/correlation?include_all_users", true, s => $"events/correlation/{s.Correlation}?include_all_users=true"),
        new("admin events/statistics?include_all_users", true, _ => "events/statistics?include_all_users=true", Unserved: CountsEach),
        new("admin/events/stats", true, _ => "admin/events/stats", Unserved: CountsEach),
        new("admin/events/stats?hours=1", true, _ => "admin/events/stats?hours=1"),
        new("admin/events/{id}", true, s => $"admin/events/{s.EventId}"),
        new("POST events/replay/{id} dry", true, s => $"events/replay/{s.Aggregate}", _ => new { }),
        new("POST admin/events/replay by aggregate_id, dry", true, _ => "admin/events/replay", s => new { aggregate_id = s.Aggregate, dry_run = true }),
        new("POST admin/events/replay by event_ids, dry", true, _ => "admin/events/replay", s => new { event_ids = new[] { s.EventId }, dry_run = true }),
        new("POST admin/events/replay by correlation_id, dry", true, _ => "admin/events/replay", s => new { correlation_id = s.Correlation, dry_run = true }),
        new("POST events/aggregate of an aggregate", true, _ => "events/aggregate", s => Pipeline(new { aggregate_id = s.Aggregate })),
        new("POST events/aggregate of an hour", true, _ => "events/aggregate", s => Pipeline(new { timestamp = new Dictionary<string, string> { ["$gte"] = s.Day, ["$lte"] = s.HourAfter } }), Unserved: CountsEach),
        new("admin/events/export/json of a user, limit 100", true, s => $"admin/events/export/json?user_id={s.UserId}&limit=100"),
        new("admin/events/export/csv of a type, limit 100", true, _ => $"admin/events/export/csv?event_types={Types}&limit=100"),
    ];

    private static object Pipeline(object match) => new
    {
        pipeline = new object[]
    {
        new Dictionary<string, object> { ["$match"] = match },
        new Dictionary<string, object> { ["$group"] = new Dictionary<string, object> { ["_id"] = "$event_type", ["count"] = new Dictionary<string, int> { ["$sum"] = 1 } } },
    }
    };

    private static IEnumerable<StoreQuery> Browses() =>
    [
        Browse("aggregate_id", s => new { aggregate_id = s.Aggregate }),
        Browse("correlation_id", s => new { correlation_id = s.Correlation }),
        Browse("user_id", s => new { user_id = s.UserId }),
        Browse("user_id, event_types", s => new { user_id = s.UserId, event_types = new[] { Types } }),
        Browse("start_time, end_time (an hour)", s => new { start_time = s.Day, end_time = s.HourAfter }),
        Browse("event_types in a day", s => new { event_types = new[] { Types }, start_time = s.Day, end_time = s.DayAfter }),
        Browse("event_types", _ => new { event_types = new[] { Types } }, CountsAll),
        Browse("nothing", _ => new { }, CountsAll),
        Browse("service_name", _ => new { service_name = "execution-service" }, "no index begins with the service; " + CountsAll),
        Browse("search_text in a user's", s => new { user_id = s.UserId, search_text = "python completed" }, "words are looked for in every event of the user"),
        Browse("search_text", _ => new { search_text = "nowhere" }, "words are looked for in every event"),
    ];

    private static StoreQuery Browse(string name, Func<StoreSample, object> filters, string? unserved = null) =>
        new($"POST admin/events/browse {name}", true, _ => "admin/events/browse", s => new { filters = filters(s) }, unserved);
}
