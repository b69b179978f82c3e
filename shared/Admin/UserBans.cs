using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Admin;

/// <summary>Operators shut users out, for a time or for ever, and let them in again. A ban ends sessions and revokes tokens of every kind; its end brings neither back.</summary>
public sealed class UserBans(PlatformDbContext db, Caller caller, OperatorChange operators, SessionService sessions, AccessTokens tokens, AuditTrail audit)
{
    public const int MaxReason = 500;

    private static readonly Error Oneself = Error.Invalid("user.ban_oneself", "You cannot ban yourself");
    private static readonly Error LastOperator = AdminErrors.LastOperator with { Message = "Cannot ban the last admin" };

    /// <param name="duration">Null: for ever.</param>
    public Task<Result<User>> BanAsync(Guid userId, string reason, TimeSpan? duration, CancellationToken ct)
    {
        audit.Rename("user.ban");
        return operators.RunAsync(now => BanAsync(userId, reason, duration, now, ct), ct);
    }

    public Task<Result<User>> UnbanAsync(Guid userId, CancellationToken ct)
    {
        audit.Rename("user.unban");
        return operators.RunAsync(now => UnbanAsync(userId, now, ct), ct);
    }

    private async Task<Result<User>> BanAsync(Guid userId, string reason, TimeSpan? duration, DateTimeOffset now, CancellationToken ct)
    {
        audit.Target("user", userId);
        if (userId == caller.UserId)
            return Oneself;
        if (await db.Users.SingleOrDefaultAsync(user => user.Id == userId, ct) is not { } user)
            return IdentityErrors.UserNotFound;
        if (user.PlatformRole == PlatformRole.Admin && !await operators.OthersRemainAsync(userId, ct))
            return LastOperator;

        audit.Target("user", userId, user.Username);
        audit.Reason(reason);
        user.Ban(EndOf(duration, now), reason, now);
        db.Raise(new UserUpdated(userId, ["banned"], caller.UserId) { OwnerId = userId });
        await db.SaveChangesAsync(ct);
        await sessions.RevokeAllAsync(userId, ct);
        await tokens.RevokeAsync(userId, organizationId: null, ct);
        return user;
    }

    private async Task<Result<User>> UnbanAsync(Guid userId, DateTimeOffset now, CancellationToken ct)
    {
        audit.Target("user", userId);
        if (await db.Users.SingleOrDefaultAsync(user => user.Id == userId, ct) is not { } user)
            return IdentityErrors.UserNotFound;
        audit.Target("user", userId, user.Username);
        user.Unban(now);
        db.Raise(new UserUpdated(userId, ["banned"], caller.UserId) { OwnerId = userId });
        await db.SaveChangesAsync(ct);
        return user;
    }

    private static DateTimeOffset? EndOf(TimeSpan? duration, DateTimeOffset now) =>
        duration is { } time && time < User.Forever - now ? now + time : null;
}
