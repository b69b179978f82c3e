using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Outbound;

namespace Platform.Identity.OAuth;

/// <summary>Accounts of Vercel.</summary>
public sealed class VercelProvider : IOAuthProvider
{
    private readonly VercelOptions _options;
    private readonly ProviderHttp _http;
    private readonly string _redirectUri;

    public VercelProvider(IOptions<VercelOptions> options, IOptions<PlatformOptions> platform, OutboundHttp http, ILogger<VercelProvider> log)
    {
        _options = options.Value;
        _http = new ProviderHttp(http, log, "oauth.vercel", _options.TokenUrl, _options.UserUrl, _options.WebUserUrl, _options.RevokeUrl);
        _redirectUri = $"{platform.Value.PublicUrl?.TrimEnd('/')}/api/auth/callback/vercel";
    }

    public IdentityProvider Provider => IdentityProvider.Vercel;

    public string Name => "Vercel";

    public bool IsConfigured => !string.IsNullOrEmpty(_options.ClientId);

    public string AuthorizeUrl(AuthorizeRequest request) => QueryHelpers.AddQueryString(_options.AuthorizeUrl, new Dictionary<string, string?>
    {
        ["client_id"] = _options.ClientId,
        ["redirect_uri"] = _redirectUri,
        ["response_type"] = "code",
        ["state"] = request.State,
        ["code_challenge"] = request.CodeChallenge,
        ["code_challenge_method"] = "S256",
    });

    public async Task<ProviderTokens?> ExchangeAsync(string code, string codeVerifier, CancellationToken ct) => (await PostAsync(_options.TokenUrl, new()
    {
        ["grant_type"] = "authorization_code",
        ["code"] = code,
        ["redirect_uri"] = _redirectUri,
        ["code_verifier"] = codeVerifier,
    }, timeout: null, ct))?.Tokens();

    public async Task<ProviderProfile?> ReadProfileAsync(string accessToken, CancellationToken ct) =>
        Profile(await GetAsync(_options.UserUrl, accessToken, ct)) ?? Profile(await GetAsync(_options.WebUserUrl, accessToken, ct));

    public Task RevokeAsync(string accessToken, CancellationToken ct) => PostAsync(_options.RevokeUrl, new() { ["token"] = accessToken }, ProviderHttp.RevocationTimeout, ct);

    private async Task<JsonElement?> PostAsync(string address, Dictionary<string, string> form, TimeSpan? timeout, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Authorization = ProviderHttp.Basic(_options.ClientId ?? "", _options.ClientSecret ?? "");
        return await _http.SendAsync(request, ct, timeout);
    }

    private async Task<JsonElement?> GetAsync(string address, string accessToken, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = ProviderHttp.Bearer(accessToken);
        return await _http.SendAsync(request, ct);
    }

    // The account itself, or wrapped as "user". Vercel does not say whether an address is verified.
    private ProviderProfile? Profile(JsonElement? answer)
    {
        if (answer is not { ValueKind: JsonValueKind.Object } outer)
            return null;
        var user = outer.TryGetProperty("user", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : outer;
        return (user.Text("uid") ?? user.Text("id")) is { } id && user.Text("username") is { } username
            ? new ProviderProfile(id, username, user.DisplayName("name"), AvatarOf(user), user.Email("email"), EmailVerified: false)
            : null;
    }

    // An address, or the hash of a picture that Vercel serves beside the profile.
    private string? AvatarOf(JsonElement user) =>
        user.Address("avatar") ?? (user.Text("avatar", 128) is { } hash && hash.All(char.IsAsciiHexDigit) ? new Uri(new Uri(_options.WebUserUrl), $"avatar/{hash}").AbsoluteUri : null);
}
