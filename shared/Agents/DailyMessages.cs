using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.RateLimits;

namespace Platform.Agents;

/// <summary>Where a user stands against the daily limit of tasks and follow-ups (agents.md §2.8).</summary>
public sealed record MessageStanding(bool Allowed, int Remaining, int Used, int Total, DateTimeOffset ResetAt);

/// <summary>Counts the tasks and follow-ups of a user by UTC day against his limit.</summary>
public sealed class DailyMessages(PlatformDbContext db, UserLimitsService limits, DatabaseSettings settings, IOptions<AgentOptions> options, TimeProvider clock)
{
    public async Task<MessageStanding> ReadAsync(Guid userId, CancellationToken ct)
    {
        var today = Today;
        var used = await db.UsageCounters.Where(counter => counter.UserId == userId && counter.Date == today).Select(counter => counter.Messages).SingleOrDefaultAsync(ct);
        var total = await LimitAsync(userId, ct);
        return new MessageStanding(used < total, Math.Max(0, total - used), used, total, new DateTimeOffset(today.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero));
    }

    /// <summary>Takes one message in the unit of work's transaction; false when none is left. One statement checks and counts.</summary>
    public async Task<bool> TakeAsync(Guid userId, CancellationToken ct)
    {
        var (today, total) = (Today, await LimitAsync(userId, ct));
        return await db.InTransactionAsync(
            async () =>
            {
                await db.Database.ExecuteSqlAsync($"INSERT INTO usage_counters (user_id, date, messages) VALUES ({settings.Key(userId)}, {today}, 0) ON CONFLICT DO NOTHING", ct);
                return await db.UsageCounters.Where(counter => counter.UserId == userId && counter.Date == today && counter.Messages < total)
                    .ExecuteUpdateAsync(set => set.SetProperty(counter => counter.Messages, counter => counter.Messages + 1), ct) == 1;
            },
            ct);
    }

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    private async Task<int> LimitAsync(Guid userId, CancellationToken ct)
    {
        if ((await limits.FindAsync(userId, ct))?.MaxMessagesPerDay is { } own)
            return own;
        var email = await db.Users.Where(user => user.Id == userId && user.EmailVerified).Select(user => user.EmailKey).SingleOrDefaultAsync(ct);
        return email is not null && options.Value.AdminDomains.Contains(email[(email.LastIndexOf('@') + 1)..], StringComparer.OrdinalIgnoreCase)
            ? options.Value.AdminMessagesPerDay
            : options.Value.MaxMessagesPerDay;
    }
}
