using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Platform.Identity;

/// <summary>What a good session JWT says.</summary>
public sealed record SessionClaims(Guid SessionId, Guid UserId, int Ver, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

/// <summary>Issues and checks session JWTs: HS256 with <c>kid</c>; claims <c>sub sid ver</c>. Checked tokens are remembered by hash until they expire.</summary>
public sealed class SessionTokens(SigningKeyRing keys, TimeProvider clock)
{
    private const string Issuer = "platform";
    private const string Audience = "platform";
    private const int MaxTokenLength = TokenHash.MaxTokenLength;
    private const int MaxRemembered = 20_000;

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false, MaximumTokenSizeInBytes = MaxTokenLength };
    private readonly ConcurrentDictionary<TokenHash, SessionClaims> _checked = new();

    public async Task<string> IssueAsync(Guid sessionId, Guid userId, int ver, TimeSpan life)
    {
        var now = clock.GetUtcNow();
        var ring = await keys.LoadAsync();
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + life).UtcDateTime,
            SigningCredentials = ring.Signing,
            Subject = new ClaimsIdentity([
                new Claim("sub", userId.ToString()),
                new Claim("sid", sessionId.ToString()),
                new Claim("ver", ver.ToString(), ClaimValueTypes.Integer32),
            ]),
        });
    }

    /// <summary>The claims of a good token; null for everything else: forged, expired, of another issuer, unsigned.</summary>
    public ValueTask<SessionClaims?> CheckAsync(string token)
    {
        if (token.Length is 0 or > MaxTokenLength || !Ascii.IsValid(token))
            return default;
        var hash = TokenHash.Of(token);
        if (!_checked.TryGetValue(hash, out var known))
            return new(CheckSlowlyAsync(token, hash));
        if (clock.GetUtcNow() < known.ExpiresAt)
            return new(known);
        _checked.TryRemove(hash, out _);
        return default;
    }

    private async Task<SessionClaims?> CheckSlowlyAsync(string token, TokenHash hash)
    {
        var result = await _handler.ValidateTokenAsync(token, Rules(await keys.LoadAsync()));
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt || Read(jwt) is not { } claims)
            return null;
        if (_checked.Count >= MaxRemembered)
            _checked.Clear();
        _checked[hash] = claims;
        return claims;
    }

    private TokenValidationParameters Rules(SigningKeyRing.Keys ring) => new()
    {
        ValidIssuer = Issuer,
        ValidAudience = Audience,
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        IssuerSigningKeys = ring.All,
        TryAllIssuerSigningKeys = false,
        RequireExpirationTime = true,
        RequireSignedTokens = true,
        LifetimeValidator = (notBefore, expires, _, _) => clock.GetUtcNow().UtcDateTime is var now && expires > now && !(notBefore > now.AddSeconds(5)),
    };

    private static SessionClaims? Read(JsonWebToken jwt) =>
        Guid.TryParse(jwt.Subject, out var user)
        && jwt.TryGetPayloadValue<string>("sid", out var sid) && Guid.TryParse(sid, out var session)
        && jwt.TryGetPayloadValue<int>("ver", out var ver)
            ? new SessionClaims(session, user, ver, jwt.IssuedAt, jwt.ValidTo)
            : null;
}
