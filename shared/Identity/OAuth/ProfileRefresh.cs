using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity.OAuth;

/// <summary>Reads a user's profile from his provider again, at most every five minutes over all processes. When the provider does not answer, what is stored stays.</summary>
public sealed class ProfileRefresh(PlatformDbContext db, OAuthProviders providers, IdentityTokens tokens, IdentityRenewal renewal, WriteGate writes, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    public async Task RunAsync(Guid userId, IdentityProvider provider, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        var now = clock.GetUtcNow();
        var before = now - Pause;
        var due = db.LinkedIdentities.Where(row => row.UserId == userId && row.Provider == provider && row.AccessToken != null && row.ProfileReadAt <= before);
        if (!providers.IsUsable(provider) || await due.AsNoTracking().SingleOrDefaultAsync(ct) is not { } identity || !await ClaimAsync(due, now, ct))
            return;
        if (await tokens.OpenAsync(identity, ct) is { } token && await providers[provider].ReadProfileAsync(token, ct) is { } profile
            && profile.ExternalUserId == identity.ExternalUserId)
            await StoreAsync(identity, profile, ct);
    }

    private async Task<bool> ClaimAsync(IQueryable<LinkedIdentity> due, DateTimeOffset now, CancellationToken ct)
    {
        using var turn = await writes.EnterAsync(ct);
        return await due.ExecuteUpdateAsync(set => set.SetProperty(row => row.ProfileReadAt, now), ct) == 1;
    }

    private Task<int> StoreAsync(LinkedIdentity identity, ProviderProfile profile, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            await renewal.ShowAsync(identity, profile, ct);
            return await db.LinkedIdentities.Where(row => row.Id == identity.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Username, profile.Username), ct);
        },
        ct);
}
