using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.RateLimits;

/// <summary>Operators' exceptions for single users.</summary>
public sealed class UserLimitsService(PlatformDbContext db, SessionDirectory sessions, TimeProvider clock)
{
    public Task<UserLimits?> FindAsync(Guid userId, CancellationToken ct) => db.UserLimits.AsNoTracking().SingleOrDefaultAsync(limits => limits.UserId == userId, ct);

    /// <summary>Sets the factor and bypass of a user; in force at once here, within two seconds elsewhere.</summary>
    public async Task SetAsync(Guid userId, bool bypass, double multiplier, CancellationToken ct)
    {
        var limits = await db.UserLimits.SingleOrDefaultAsync(found => found.UserId == userId, ct) ?? db.UserLimits.Add(new UserLimits { UserId = userId }).Entity;
        limits.Apply(new UserLimitsChange(bypass, multiplier), clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        sessions.ForgetAll();
    }
}
