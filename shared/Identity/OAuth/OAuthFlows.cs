using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Secrets;

namespace Platform.Identity.OAuth;

/// <summary>How a flow begins. <paramref name="UserId"/>: who connects; null for a sign-in.</summary>
public sealed record FlowStart(IdentityProvider Provider, Guid? UserId, string? Next, bool TellsConnected = false);

/// <summary>The state, for the browser's cookie, and the address to send it to.</summary>
public sealed record StartedFlow(string State, string Url);

/// <summary>A flow that came back for the first time.</summary>
public sealed record ConsumedFlow(OAuthMode Mode, string RedirectTo, bool TellsConnected, string CodeVerifier);

/// <summary>Begins flows and takes them back. What is stored is the hash of the state and the sealed verifier, so the database alone finishes no flow.</summary>
public sealed class OAuthFlows(PlatformDbContext db, OAuthProviders providers, ISecretBox secrets, WriteGate writes, TimeProvider clock)
{
    private const int SecretBytes = 32;

    public async Task<StartedFlow> StartAsync(FlowStart start, CancellationToken ct)
    {
        var (state, verifier) = (NewSecret(), NewSecret());
        var hash = OAuthFlow.Hash(state);
        db.Add(new OAuthFlow
        {
            StateHash = hash,
            Provider = start.Provider,
            Mode = start.UserId is null ? OAuthMode.Signin : OAuthMode.Connect,
            UserId = start.UserId,
            RedirectTo = LocalRedirect.Of(start.Next),
            TellsConnected = start.TellsConnected,
            CodeVerifier = await secrets.SealAsync(SigningKeyRing.PlatformTenant, AssociatedData(hash), verifier, ct),
            ExpiresAt = clock.GetUtcNow() + OAuthFlow.Life,
        });
        await db.SaveChangesAsync(ct);
        return new StartedFlow(state, providers[start.Provider].AuthorizeUrl(new AuthorizeRequest(state, ChallengeOf(verifier))));
    }

    /// <summary>
    /// The flow of a state that came back in the browser that took it along, once: one statement decides which of several callers that is.
    /// Null for everything else.
    /// </summary>
    /// <param name="userId">The signed-in user; a connection is finished only by who began it.</param>
    public async Task<ConsumedFlow?> ConsumeAsync(IdentityProvider provider, string? state, string? cookie, Guid? userId, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(state) || string.IsNullOrEmpty(cookie) || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(state), Encoding.UTF8.GetBytes(cookie)))
            return null;
        var (hash, now) = (OAuthFlow.Hash(state), clock.GetUtcNow());
        var open = db.OAuthFlows.Where(flow => flow.StateHash == hash && flow.Provider == provider && flow.ConsumedAt == null && flow.ExpiresAt > now);
        if (await open.AsNoTracking().SingleOrDefaultAsync(ct) is not { } found || (found.Mode == OAuthMode.Connect && found.UserId != userId) || !await ClaimAsync(open, now, ct))
            return null;
        var verifier = await secrets.OpenAsync(SigningKeyRing.PlatformTenant, AssociatedData(hash), found.CodeVerifier, ct);
        return new ConsumedFlow(found.Mode, found.RedirectTo, found.TellsConnected, verifier);
    }

    private async Task<bool> ClaimAsync(IQueryable<OAuthFlow> open, DateTimeOffset now, CancellationToken ct)
    {
        using var turn = await writes.EnterAsync(ct);
        return await open.ExecuteUpdateAsync(set => set.SetProperty(flow => flow.ConsumedAt, now), ct) == 1;
    }

    private static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    private static string ChallengeOf(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    private static string AssociatedData(string hash) => $"oauth_flows/{hash}/code_verifier";
}
