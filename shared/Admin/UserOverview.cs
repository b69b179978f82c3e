using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;
using Platform.Identity;

namespace Platform.Admin;

/// <summary>How a user's executions ended.</summary>
public sealed record ExecutionEnds(long Succeeded, long Failed, long Timeout, long Cancelled, long TerminalTotal);

/// <summary>What a user did in the last 24 hours.</summary>
public sealed record UserActivity(UserRecord Record, EventStatistics Statistics, ExecutionEnds Ends, IReadOnlyList<EventView> RecentEvents);

/// <summary>Reads a user's activity for operators.</summary>
public sealed class UserOverview(PlatformDbContext db, UserQueries users, TimeProvider clock)
{
    private const string ExecutionEvents = "execution_";
    private const int MaxRecent = 10;
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);

    public async Task<Result<UserActivity>> ReadAsync(Guid userId, CancellationToken ct)
    {
        var user = await users.FindAsync(userId, ct);
        if (!user.IsOk)
            return user.Error;
        using var acting = db.ActAs(Caller.Platform);
        var end = clock.GetUtcNow();
        var start = end - Window;
        var events = db.Events.AsNoTracking().Where(stored => stored.UserId == userId && stored.Timestamp >= start && stored.Timestamp <= end);
        var tally = new EventTally();
        await foreach (var stored in events.Select(stored => new { stored.EventType, stored.ServiceName, stored.Timestamp }).AsAsyncEnumerable().WithCancellation(ct))
            tally.Add(stored.EventType, stored.ServiceName, stored.Timestamp);
        var recent = await events.Where(stored => stored.EventType.StartsWith(ExecutionEvents))
            .OrderByDescending(stored => stored.Timestamp).ThenByDescending(stored => stored.RowId).Take(MaxRecent).ToListAsync(ct);
        return new UserActivity(user.Value, tally.Over(start, end), EndsOf(tally), [.. recent.Select(EventView.From)]);
    }

    private static ExecutionEnds EndsOf(EventTally tally)
    {
        var (succeeded, failed) = (tally.Of("execution_completed"), tally.Of("execution_failed"));
        var (timeout, cancelled) = (tally.Of("execution_timeout"), tally.Of("execution_cancelled"));
        return new ExecutionEnds(succeeded, failed, timeout, cancelled, succeeded + failed + timeout + cancelled);
    }
}
