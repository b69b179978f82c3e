using Microsoft.EntityFrameworkCore;

using Platform.Data;
using Platform.Identity;

namespace Platform.Events;

/// <summary>How many events one user has.</summary>
public sealed record UserCount(Guid UserId, long EventCount);

/// <summary>Everybody's events of the last hours.</summary>
/// <param name="EventsByType">The ten most frequent.</param>
/// <param name="TopUsers">The ten with the most events.</param>
/// <param name="ErrorRate">Percentage of events whose type speaks of a failure, an error or a time-out.</param>
public sealed record EventOverview(
    DateTimeOffset From,
    DateTimeOffset To,
    long TotalEvents,
    IReadOnlyDictionary<string, long> EventsByType,
    IReadOnlyList<HourCount> EventsByHour,
    IReadOnlyList<UserCount> TopUsers,
    double ErrorRate);

/// <summary>Counts events for the caller.</summary>
public sealed class EventFigures(PlatformDbContext db, EventCounts counts, EventVisibility visibility, Caller caller, TimeProvider clock)
{
    private const int Top = 10;
    private static readonly TimeSpan DefaultWindow = TimeSpan.FromHours(24);
    private static readonly string[] Failures = ["failed", "error", "timeout"];

    /// <param name="start">Null is 24 hours before now.</param>
    /// <param name="end">Null is now.</param>
    /// <param name="allUsers">For operators: not only their own.</param>
    public async Task<Result<EventStatistics>> CountAsync(DateTimeOffset? start, DateTimeOffset? end, bool allUsers, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (from, to) = (start ?? now - DefaultWindow, end ?? now);
        if (from > to)
            return EventErrors.StartAfterEnd;
        var userId = allUsers && caller.IsOperator ? null : caller.UserId;
        return await WithinAsync<EventStatistics>(async bound => (await counts.TallyAsync(userId, visibility.BoundTo, from, to, bound)).Over(from, to), ct);
    }

    /// <summary>The types of events that the caller may see.</summary>
    public Task<Result<IReadOnlyList<string>>> TypesAsync(CancellationToken ct) =>
        WithinAsync<IReadOnlyList<string>>(async bound => await counts.TypesAsync(caller.IsOperator ? null : caller.UserId, visibility.BoundTo, bound), ct);

    /// <summary>Everybody's last hours, for operators.</summary>
    public Task<Result<EventOverview>> OverviewAsync(TimeSpan window, CancellationToken ct) => WithinAsync<EventOverview>(
        async bound =>
        {
            var to = clock.GetUtcNow();
            var all = (await counts.TallyAsync(null, null, to - window, to, bound)).Over(to - window, to);
            var types = all.EventsByType.OrderByDescending(type => type.Value).ThenBy(type => type.Key, StringComparer.Ordinal).Take(Top);
            return new EventOverview(all.StartTime, to, all.TotalEvents, types.ToDictionary(), all.EventsByHour, await TopUsersAsync(all, bound), ErrorRate(all));
        },
        ct);

    private async Task<List<UserCount>> TopUsersAsync(EventStatistics window, CancellationToken ct) => await db.Events
        .Where(e => e.Timestamp >= window.StartTime && e.Timestamp <= window.EndTime && e.UserId != null)
        .GroupBy(e => e.UserId!.Value)
        .Select(group => new { UserId = group.Key, Count = group.LongCount() })
        .OrderByDescending(user => user.Count).ThenBy(user => user.UserId).Take(Top)
        .Select(user => new UserCount(user.UserId, user.Count)).ToListAsync(ct);

    private static double ErrorRate(EventStatistics window)
    {
        var failed = window.EventsByType.Where(type => Failures.Any(word => type.Key.Contains(word, StringComparison.Ordinal))).Sum(type => type.Value);
        return window.TotalEvents == 0 ? 0 : Math.Round(100.0 * failed / window.TotalEvents, 2);
    }

    private Task<Result<T>> WithinAsync<T>(Func<CancellationToken, Task<Result<T>>> count, CancellationToken ct) =>
        db.ReadWithinAsync(EventPages.LongestSearch, EventErrors.TooSlow, clock, count, ct);
}
