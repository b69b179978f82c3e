using Platform.Data;

namespace Platform.Identity;

/// <summary>Deletes sessions that ended 30 days ago, and failed sign-ins and links of mails that nothing counts any more; each method says how many.</summary>
public sealed class IdentitySweep(ExpiredRows expired, TimeProvider clock)
{
    private static readonly TimeSpan SessionsKept = TimeSpan.FromDays(30);
    private static readonly TimeSpan FailuresKept = TimeSpan.FromDays(1);
    private static readonly TimeSpan TokensKept = TimeSpan.FromDays(1);

    public Task<int> DeleteEndedSessionsAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - SessionsKept;
        return expired.DeleteAsync(db => db.Sessions.Where(session => session.ExpiresAt <= before || session.RevokedAt <= before).OrderBy(session => session.Id), ct);
    }

    public Task<int> DeleteOldEmailTokensAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - TokensKept;
        return expired.DeleteAsync(db => db.EmailTokens.Where(token => token.ExpiresAt <= before).OrderBy(token => token.Hash), ct);
    }

    public Task<int> DeleteOldFailuresAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var before = now - FailuresKept;
        return expired.DeleteAsync(
            db => db.SignInThrottles.Where(row => row.WindowStart <= before && (row.LockedUntil == null || row.LockedUntil <= now)).OrderBy(row => row.Key), ct);
    }
}
