using Microsoft.Extensions.Options;

namespace Platform.Identity;

/// <summary>
/// Addresses of this site in mails and redirects. Their origin is <c>Platform:PublicUrl</c> and never what a request says of itself: a stranger who asks for
/// somebody's mail would choose where its link leads.
/// </summary>
public sealed class SiteLinks(IOptions<PlatformOptions> platform)
{
    private const int MaxLength = 2048;

    private readonly Uri? _site = Uri.TryCreate(platform.Value.PublicUrl?.TrimEnd('/') + "/", UriKind.Absolute, out var site) && IsWeb(site) ? site : null;

    /// <summary>False without <c>Platform:PublicUrl</c>: there are no links then.</summary>
    public bool AreKnown => _site is not null;

    /// <summary>Whether it is a path, or an address of this site.</summary>
    public bool IsOwn(string target)
    {
        if (target.Length is 0 or > MaxLength || target.AsSpan().ContainsAnyExceptInRange('!', '~') || target.Contains('\\', StringComparison.Ordinal))
            return false;
        if (target[0] == '/')
            return !target.StartsWith("//", StringComparison.Ordinal);
        return _site is not null && Uri.TryCreate(target, UriKind.Absolute, out var uri) && IsWeb(uri) && IsOfSite(uri);
    }

    public string ToVerify(string token, string? target)
    {
        var link = Add(new Uri(Site, "api/auth/verify-email"), "token", token);
        return (target is null ? link : Add(link, "callbackURL", target)).ToString();
    }

    public string ToReset(string token, string? target) => Add(new Uri(Site, target ?? "reset-password"), "token", token).ToString();

    private Uri Site => _site ?? throw new InvalidOperationException("Platform:PublicUrl is not set");

    private bool IsOfSite(Uri uri) => uri.UserInfo.Length == 0 && uri.GetLeftPart(UriPartial.Authority) == Site.GetLeftPart(UriPartial.Authority);

    private static bool IsWeb(Uri uri) => uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp;

    private static Uri Add(Uri uri, string name, string value)
    {
        var builder = new UriBuilder(uri);
        var before = builder.Query.TrimStart('?');
        builder.Query = $"{before}{(before.Length > 0 ? "&" : "")}{name}={Uri.EscapeDataString(value)}";
        return builder.Uri;
    }
}
