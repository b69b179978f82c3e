using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Identity;

/// <summary>The session JWT of a request and the session behind it. A bearer header wins over the cookie, and a bad bearer does not fall back to it.</summary>
public sealed class SessionCredentials(SessionTokens tokens, SessionDirectory sessions, TimeProvider clock)
{
    private const string Scheme = "Bearer ";

    public static (string? Token, CredentialKind Kind) Of(HttpRequest request, bool cookies = true)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return (authorization[Scheme.Length..].Trim(), CredentialKind.Bearer);
        return cookies ? (request.Cookies[SessionCookies.AccessToken], CredentialKind.Cookie) : default;
    }

    /// <summary>Null unless token and session are both good.</summary>
    public async ValueTask<(SessionSnapshot Session, SessionClaims Claims)?> FindAsync(string token, CancellationToken ct)
    {
        if (await tokens.CheckAsync(token) is not { } claims)
            return null;
        return await sessions.FindAsync(claims.SessionId, ct) is { } session && session.Accepts(claims, clock.GetUtcNow()) ? (session, claims) : null;
    }
}
