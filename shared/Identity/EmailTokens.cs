using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Redeems the links of mails.</summary>
public sealed class EmailTokens(PlatformDbContext db, TimeProvider clock)
{
    /// <summary>Whose good token it is; null for one that is used, too old, unknown, for something else or sent to a former address.</summary>
    public async Task<User?> FindUserAsync(string token, EmailTokenPurpose purpose, CancellationToken ct)
    {
        var users = from open in Open(token, purpose)
                    join user in db.Users on open.UserId equals user.Id
                    where user.EmailKey == open.EmailKey
                    select user;
        return await users.SingleOrDefaultAsync(ct);
    }

    /// <summary>Takes the token, and with it all others of its purpose. False when somebody else was first. Runs in the transaction of what it allows.</summary>
    public async Task<bool> TakeAsync(string token, User user, EmailTokenPurpose purpose, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await Open(token, purpose).ExecuteUpdateAsync(set => set.SetProperty(row => row.UsedAt, now), ct) == 0)
            return false;
        await db.EmailTokens.Where(other => other.UserId == user.Id && other.Purpose == purpose && other.UsedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.UsedAt, now), ct);
        return true;
    }

    private IQueryable<EmailToken> Open(string token, EmailTokenPurpose purpose)
    {
        var (hash, now) = (EmailToken.HashOf(token), clock.GetUtcNow());
        return db.EmailTokens.Where(row => row.Hash == hash && row.Purpose == purpose && row.UsedAt == null && row.ExpiresAt > now);
    }
}
