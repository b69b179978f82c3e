namespace Platform.Events;

/// <summary>Events within one hour; <paramref name="Hour"/> is UTC, <c>yyyy-MM-dd HH:00</c>.</summary>
public sealed record HourCount(string Hour, long Count);

/// <summary>Counts of events in a window; hours ascending, empty ones left out.</summary>
public sealed record EventStatistics(
    long TotalEvents,
    IReadOnlyDictionary<string, long> EventsByType,
    IReadOnlyDictionary<string, long> EventsByService,
    IReadOnlyList<HourCount> EventsByHour,
    DateTimeOffset StartTime,
    DateTimeOffset EndTime);

/// <summary>Counts events, one by one or as the database has counted them, so that a window of any size needs the memory of its distinct types and hours only.</summary>
public sealed class EventTally
{
    private readonly SortedDictionary<string, long> _types = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _services = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _hours = new(StringComparer.Ordinal);
    private long _total;

    public void Add(string eventType, string service, DateTimeOffset timestamp, long count = 1)
    {
        _total += count;
        Count(_types, eventType, count);
        Count(_services, service, count);
        Count(_hours, timestamp.ToUniversalTime().ToString("yyyy-MM-dd HH':00'"), count);
    }

    public long Of(string eventType) => _types.GetValueOrDefault(eventType);

    public EventStatistics Over(DateTimeOffset start, DateTimeOffset end) =>
        new(_total, _types, _services, [.. _hours.Select(hour => new HourCount(hour.Key, hour.Value))], start, end);

    private static void Count(SortedDictionary<string, long> counts, string key, long count) => counts[key] = counts.GetValueOrDefault(key) + count;
}
