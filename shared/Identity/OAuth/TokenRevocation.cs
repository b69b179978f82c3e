using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity.OAuth;

/// <summary>Gives a provider's token back: takes it out of the database, then asks the provider to forget it, as well as that goes.</summary>
public sealed class TokenRevocation(PlatformDbContext db, OAuthProviders providers, IdentityTokens tokens, LinkedIdentities identities, WriteGate writes)
{
    /// <summary>Revokes the token of a user's identity, which needs a new sign-in then.</summary>
    public async Task RunAsync(Guid userId, IdentityProvider provider, CancellationToken ct)
    {
        if (await identities.FindAsync(userId, provider, ct) is { } identity && await TakeAsync(identity, ct))
            await RevokeAsync(identity);
    }

    /// <summary>Revokes the token of an identity whose row has been deleted.</summary>
    public async Task RevokeAsync(LinkedIdentity identity)
    {
        // The row is gone or empty already: neither a client that goes away nor a broken token is a reason to stop.
        if (await tokens.OpenAsync(identity, CancellationToken.None) is { } token && providers[identity.Provider].IsConfigured)
            await providers[identity.Provider].RevokeAsync(token, CancellationToken.None);
    }

    private async Task<bool> TakeAsync(LinkedIdentity identity, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        using var turn = await writes.EnterAsync(ct);
        return await db.LinkedIdentities.Where(row => row.Id == identity.Id && row.AccessToken != null && row.AccessToken == identity.AccessToken).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.AccessToken, (string?)null).SetProperty(row => row.RefreshToken, (string?)null).SetProperty(row => row.NeedsReauth, true), ct) == 1;
    }
}
