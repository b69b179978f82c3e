using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Raises <see cref="TokenExpiring"/> 7 days and 1 day before a token of a user or an API key ends, once each.</summary>
public sealed class TokenWarnings(IServiceScopeFactory scopes, DatabaseReady ready, TimeProvider clock)
{
    private const int MaxPerRun = 1000;

    /// <summary>Warns of what is due and says of how many tokens.</summary>
    public async Task<int> WarnAsync(CancellationToken ct)
    {
        if (!ready.IsReady)
            return 0;
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var warned = 0;
        foreach (var days in AccessToken.WarningDays.Reverse()) // the shorter first: it makes the longer pointless
        {
            foreach (var token in await Due(db, days).OrderBy(token => token.ExpiresAt).Take(MaxPerRun).AsNoTracking().ToListAsync(ct))
                warned += await WarnAsync(db, token, days, ct);
        }
        return warned;
    }

    private IQueryable<AccessToken> Due(PlatformDbContext db, int days)
    {
        var now = clock.GetUtcNow();
        var until = now.AddDays(days);
        return db.AccessTokens.Where(token => token.Kind != TokenKind.Job && token.RevokedAt == null && token.ExpiresAt > now && token.ExpiresAt <= until
            && (token.ExpiryWarning == null || token.ExpiryWarning > days));
    }

    // One transaction: whoever marks the row, raises the event.
    private Task<int> WarnAsync(PlatformDbContext db, AccessToken token, int days, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            var marked = await Due(db, days).Where(due => due.Id == token.Id).ExecuteUpdateAsync(set => set.SetProperty(due => due.ExpiryWarning, days), ct);
            if (marked == 0)
                return 0;
            db.Raise(new TokenExpiring(token.Id, token.Kind, token.Name, days, token.ExpiresAt!.Value) { OwnerId = token.UserId, OrganizationId = token.OrganizationId });
            await db.SaveChangesAsync(ct);
            return 1;
        },
        ct);
}
