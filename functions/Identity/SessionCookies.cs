using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Platform.Functions.Identity;

/// <summary>The two cookies of a session: the JWT, which scripts cannot read, and the CSRF token, which they must. Host-only, SameSite=Lax, Path=/.</summary>
public sealed class SessionCookies(IConfiguration configuration, IOptions<PlatformOptions> platform, SessionTokens tokens, SessionClock sessionClock, SessionActivity activity)
{
    public const string AccessToken = "access_token";
    public const string CsrfToken = "csrf_token";

    private readonly string _secure = configuration["Cookies:Secure"] is { } word && word.ToLowerInvariant() is "auto" or "true" or "false"
        ? configuration["Cookies:Secure"]!.ToLowerInvariant()
        : configuration["Cookies:Secure"] is null ? "auto" : throw new InvalidOperationException("Cookies:Secure must be auto, true or false");

    public void Write(HttpContext http, SignedIn signedIn) =>
        Write(http, signedIn.AccessToken, signedIn.CsrfToken, signedIn.Session.Persistent ? signedIn.Life : null);

    public void Clear(HttpContext http)
    {
        http.Response.Cookies.Delete(AccessToken, Options(http, httpOnly: true, life: null));
        http.Response.Cookies.Delete(CsrfToken, Options(http, httpOnly: false, life: null));
    }

    /// <summary>Gives a JWT that is past half of its life a successor, never beyond the session's absolute end.</summary>
    public ValueTask RenewAsync(HttpContext http, SessionSnapshot session, SessionClaims claims)
    {
        var now = sessionClock.Now;
        return now - claims.IssuedAt < (claims.ExpiresAt - claims.IssuedAt) / 2 ? ValueTask.CompletedTask : new(RenewAsync(http, session, claims, now));
    }

    private async Task RenewAsync(HttpContext http, SessionSnapshot session, SessionClaims claims, DateTimeOffset now)
    {
        var life = await sessionClock.IdleLifeAsync(http.RequestAborted);
        if (session.ExpiresAt - now < life)
            life = session.ExpiresAt - now;
        var csrf = http.Request.Cookies[CsrfToken];
        var token = await tokens.IssueAsync(claims.SessionId, claims.UserId, claims.Ver, life);
        await activity.SeenAsync(claims.SessionId, now, http.RequestAborted);
        Write(http, token, csrf is not null && session.OwnsCsrfToken(csrf) ? csrf : null, session.Persistent ? life : null);
    }

    private void Write(HttpContext http, string accessToken, string? csrfToken, TimeSpan? life)
    {
        http.Response.Cookies.Append(AccessToken, accessToken, Options(http, httpOnly: true, life));
        if (csrfToken is not null)
            http.Response.Cookies.Append(CsrfToken, csrfToken, Options(http, httpOnly: false, life));
    }

    private CookieOptions Options(HttpContext http, bool httpOnly, TimeSpan? life) => new()
    {
        HttpOnly = httpOnly,
        Secure = IsSecure(http),
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = life,
    };

    // auto: always, except plain http from this machine in development, where browsers and tools would drop the cookie.
    internal bool IsSecure(HttpContext http) => _secure switch
    {
        "true" => true,
        "false" => false,
        _ => http.Request.IsHttps || platform.Value.Environment == "production" || !IPAddress.IsLoopback(http.Connection.RemoteIpAddress ?? IPAddress.None),
    };
}
