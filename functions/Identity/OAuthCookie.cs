using Microsoft.AspNetCore.Http;
using Platform.Identity.OAuth;

namespace Platform.Functions.Identity;

/// <summary>The cookie that binds a flow to the browser that began it.</summary>
public sealed class OAuthCookie(SessionCookies cookies)
{
    public const string Name = "oauth_state";

    public static string? Read(HttpRequest http) => http.Cookies[Name];

    public void Write(HttpContext http, string state) => http.Response.Cookies.Append(Name, state, Options(http, OAuthFlow.Life));

    public void Clear(HttpContext http) => http.Response.Cookies.Delete(Name, Options(http, life: null));

    private CookieOptions Options(HttpContext http, TimeSpan? life) => new()
    {
        HttpOnly = true,
        Secure = cookies.IsSecure(http),
        SameSite = SameSiteMode.Lax,   // the provider's redirect has to bring it
        Path = "/api/auth",
        MaxAge = life,
    };
}
