using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.RateLimits;

namespace Platform.Admin;

/// <summary>What follows from an operator's change of a user, in its transaction: audit, event, the end of his sessions and tokens.</summary>
public sealed class UserEffects(PlatformDbContext db, Caller caller, SessionService sessions, AuditTrail audit)
{
    /// <summary>Stores the change; nothing when nothing differs.</summary>
    internal async Task ChangedAsync(User user, IReadOnlyList<AuditChange> changes, UserEdit edit, CancellationToken ct)
    {
        audit.Target("user", user.Id, user.Username);
        if (changes.Count == 0)
            return;
        foreach (var change in changes)
            audit.Change(change.Field, change.From, change.To);
        db.Raise(new UserUpdated(user.Id, [.. changes.Select(change => change.Field)], caller.UserId) { OwnerId = user.Id });
        await db.SaveChangesAsync(ct);
        if (edit.EndsSessions)
            await sessions.RevokeAllAsync(user.Id, ct);
        if (edit.SetsPassword)
            await sessions.UnlockAsync(user.Id, ct);
    }

    /// <summary>Changes a user's exceptions from the limits.</summary>
    internal async Task<IReadOnlyList<AuditChange>> LimitAsync(Guid userId, UserLimitsChange wanted, DateTimeOffset now, CancellationToken ct)
    {
        var limits = await db.UserLimits.SingleOrDefaultAsync(found => found.UserId == userId, ct) ?? db.UserLimits.Add(new UserLimits { UserId = userId }).Entity;
        List<AuditChange> changes =
        [
            new("bypass_rate_limit", limits.Bypass, wanted.Bypass ?? limits.Bypass),
            new("global_multiplier", limits.Multiplier, wanted.Multiplier ?? limits.Multiplier),
            new("max_messages_per_day", limits.MaxMessagesPerDay, wanted.MessagesPerDay(limits)),
            new("max_sandbox_duration", limits.MaxSandboxDuration, wanted.SandboxDuration(limits)),
        ];
        limits.Apply(wanted, now);
        return [.. changes.Where(change => !Equals(change.From, change.To))];
    }
}
