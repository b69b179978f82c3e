using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Platform.Secrets;

namespace Platform.Identity.OAuth;

/// <summary>A provider's tokens as they are stored.</summary>
internal sealed record SealedTokens(string Access, string? Refresh, string? Scope, DateTimeOffset? ExpiresAt);

/// <summary>Seals and opens the tokens of linked identities, with the data key of the row's organization.</summary>
public sealed class IdentityTokens(ISecretBox secrets, TimeProvider clock, ILogger<IdentityTokens> log)
{
    /// <summary>Gives the identity the tokens, sealed for the owner it has now, and the profile's name.</summary>
    public async Task RenewAsync(LinkedIdentity identity, ProviderProfile profile, ProviderTokens tokens, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var access = await secrets.SealAsync(identity.OrganizationId, AssociatedData(identity, "access_token"), tokens.Access, ct);
        var refresh = tokens.Refresh is { } plain ? await secrets.SealAsync(identity.OrganizationId, AssociatedData(identity, "refresh_token"), plain, ct) : null;
        identity.Renew(profile, new SealedTokens(access, refresh, tokens.Scope, now + tokens.Life), now);
    }

    /// <summary>The access token; null when there is none, or none that can be opened.</summary>
    public async Task<string?> OpenAsync(LinkedIdentity identity, CancellationToken ct)
    {
        if (identity.AccessToken is not { } token)
            return null;
        try
        {
            return await secrets.OpenAsync(identity.OrganizationId, AssociatedData(identity, "access_token"), token, ct);
        }
        catch (CryptographicException fault)
        {
            log.LogWarning(fault, "The token of identity {IdentityId} cannot be opened", identity.Id);
            return null;
        }
    }

    private static string AssociatedData(LinkedIdentity identity, string field) => $"linked_identities/{identity.Id:D}/{field}";
}
