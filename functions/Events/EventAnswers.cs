using Platform.Events;

namespace Platform.Functions.Events;

/// <summary>A page of events.</summary>
public sealed record EventList(IReadOnlyList<EventView> Events, long Total, int Limit, int Skip, bool HasMore)
{
    public static Result<EventList> From(Result<EventPage<PlatformEvent>> page, EventVisibility visibility) => page.IsOk
        ? new EventList([.. page.Value.Events.Select(visibility.Show)], page.Value.Total, page.Value.Limit, page.Value.Skip, page.Value.HasMore)
        : page.Error;

    public static Result<EventList> From(Result<EventPage<EventView>> page) => page.IsOk
        ? new EventList(page.Value.Events, page.Value.Total, page.Value.Limit, page.Value.Skip, page.Value.HasMore)
        : page.Error;
}

public sealed record EventPublished(Guid EventId, string Status, DateTimeOffset Timestamp)
{
    public static EventPublished From(PlatformEvent stored) => new(stored.EventId, "published", stored.Timestamp);
}

public sealed record EventDeleted(string Message, Guid EventId, DateTimeOffset DeletedAt)
{
    public const string Done = "Event deleted and archived";
}

/// <summary>Answer of <c>DELETE /admin/events/{eventId}</c>.</summary>
public sealed record AdminEventDeleted(string Message, Guid EventId);

/// <summary>A page of everybody's events, with how each was dealt with.</summary>
public sealed record EventBrowse(IReadOnlyList<EventEnvelope> Events, long Total, int Skip, int Limit)
{
    public static Result<EventBrowse> From(Result<EventPage<PlatformEvent>> page) => page.IsOk
        ? new EventBrowse([.. page.Value.Events.Select(EventEnvelope.From)], page.Value.Total, page.Value.Skip, page.Value.Limit)
        : page.Error;
}

/// <summary>
/// Everybody's events of the last hours: the ten most frequent types, the percentage of events whose type speaks of a failure, an error or a time-out, and the mean
/// wall seconds of the executions that completed meanwhile.
/// </summary>
public sealed record AdminEventStats(
    long TotalEvents,
    IReadOnlyDictionary<string, long> EventsByType,
    IReadOnlyList<HourCount> EventsByHour,
    IReadOnlyList<UserCount> TopUsers,
    double ErrorRate,
    double AvgProcessingTime)
{
    public static AdminEventStats From(EventOverview overview, double seconds) => new(
        overview.TotalEvents, overview.EventsByType, overview.EventsByHour, overview.TopUsers, overview.ErrorRate, Math.Round(seconds, 2));
}
