using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.RateLimits;

namespace Platform.Identity.OAuth;

/// <summary>Sessions end; unfinished flows and mails, a second factor and exceptions from limits are dropped; the identity itself has moved before.</summary>
internal sealed class IdentityMove(PlatformDbContext db, TimeProvider clock) : IAccountMove
{
    public IReadOnlyCollection<Type> Entities => [typeof(LinkedIdentity), typeof(OAuthFlow), typeof(Session), typeof(EmailToken), typeof(TwoFactor), typeof(RecoveryCode), typeof(UserLimits)];

    public async Task MoveAsync(AbsorbedAccount account, CancellationToken ct)
    {
        var (from, now) = (account.From.UserId, clock.GetUtcNow());
        await db.Sessions.Where(session => session.UserId == from && session.RevokedAt == null).ExecuteUpdateAsync(set => set.SetProperty(session => session.RevokedAt, now), ct);
        await db.OAuthFlows.Where(flow => flow.UserId == from).ExecuteDeleteAsync(ct);
        await db.EmailTokens.Where(token => token.UserId == from).ExecuteDeleteAsync(ct);
        await db.RecoveryCodes.Where(code => code.UserId == from).ExecuteDeleteAsync(ct);
        await db.TwoFactors.Where(factor => factor.UserId == from).ExecuteDeleteAsync(ct);
        await db.UserLimits.Where(limits => limits.UserId == from).ExecuteDeleteAsync(ct);
    }
}
