using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity.OAuth;

/// <summary>Takes over what a provider says of an account.</summary>
public sealed class IdentityRenewal(PlatformDbContext db, IdentityTokens tokens)
{
    /// <summary>Tokens and profile of a finished flow; stored with the next save.</summary>
    public async Task RenewAsync(LinkedIdentity identity, ForeignAccount account, CancellationToken ct)
    {
        await tokens.RenewAsync(identity, account.Profile, account.Tokens, ct);
        await ShowAsync(identity, account.Profile, ct);
    }

    /// <summary>The provider says how a user looks whose account was made with it. Needs a transaction.</summary>
    public async Task ShowAsync(LinkedIdentity identity, ProviderProfile profile, CancellationToken ct)
    {
        if (!identity.IsPrimary)
            return;
        var (name, avatar) = (profile.ShownName, profile.AvatarUrl);
        await db.Users.Where(user => user.Id == identity.UserId && (user.DisplayName != name || user.AvatarUrl != avatar)).ExecuteUpdateAsync(
            set => set.SetProperty(user => user.DisplayName, name).SetProperty(user => user.AvatarUrl, avatar).SetProperty(user => user.Version, user => user.Version + 1), ct);
    }
}
