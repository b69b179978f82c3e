using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Outbound;

namespace Platform.Identity.OAuth;

/// <summary>Accounts of the first host of <c>GitHub:Hosts</c>.</summary>
public sealed class GitHubProvider : IOAuthProvider
{
    private const string Scope = "repo,read:user,user:email";

    private readonly GitHubHost _host;
    private readonly ProviderHttp _http;
    private readonly string _redirectUri;

    public GitHubProvider(IOptions<GitHubOptions> options, IOptions<PlatformOptions> platform, OutboundHttp http, ILogger<GitHubProvider> log)
    {
        _host = options.Value.Default;
        _http = new ProviderHttp(http, log, "oauth.github", _host.WebBaseUrl, _host.ApiBaseUrl);
        _redirectUri = $"{platform.Value.PublicUrl?.TrimEnd('/')}/api/auth/github/callback";
    }

    public IdentityProvider Provider => IdentityProvider.Github;

    public string Name => "GitHub";

    public bool IsConfigured => !string.IsNullOrEmpty(_host.ClientId);

    public string AuthorizeUrl(AuthorizeRequest request) => QueryHelpers.AddQueryString(WebAddress.Below(_host.WebBaseUrl, "login/oauth/authorize").AbsoluteUri, new Dictionary<string, string?>
    {
        ["client_id"] = _host.ClientId,
        ["redirect_uri"] = _redirectUri,
        ["scope"] = Scope,
        ["state"] = request.State,
        ["code_challenge"] = request.CodeChallenge,
        ["code_challenge_method"] = "S256",
    });

    public async Task<ProviderTokens?> ExchangeAsync(string code, string codeVerifier, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, WebAddress.Below(_host.WebBaseUrl, "login/oauth/access_token"))
        {
            Content = JsonContent.Create(new Dictionary<string, string?>
            {
                ["client_id"] = _host.ClientId,
                ["client_secret"] = _host.ClientSecret,
                ["code"] = code,
                ["redirect_uri"] = _redirectUri,
                ["code_verifier"] = codeVerifier,
            }),
        };
        return (await _http.SendAsync(request, ct))?.Tokens();
    }

    public async Task<ProviderProfile?> ReadProfileAsync(string accessToken, CancellationToken ct)
    {
        if (await GetAsync("user", accessToken, ct) is not { ValueKind: JsonValueKind.Object } user || user.Text("login") is not { } login
            || !user.TryGetProperty("id", out var number) || number.ValueKind != JsonValueKind.Number || !number.TryGetInt64(out var id) || id <= 0)
            return null;
        var (email, verified) = PickEmail(user.Email("email"), await GetAsync("user/emails", accessToken, ct));
        return new ProviderProfile(IdOf(id), login, user.DisplayName("name"), user.Address("avatar_url"), email, verified);
    }

    public async Task RevokeAsync(string accessToken, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, WebAddress.Below(_host.ApiBaseUrl, $"applications/{Uri.EscapeDataString(_host.ClientId ?? "")}/token"))
        {
            Content = JsonContent.Create(new Dictionary<string, string> { ["access_token"] = accessToken }),
        };
        request.Headers.Authorization = ProviderHttp.Basic(_host.ClientId ?? "", _host.ClientSecret ?? "");
        await _http.SendAsync(request, ct, ProviderHttp.RevocationTimeout);
    }

    private async Task<JsonElement?> GetAsync(string path, string accessToken, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, WebAddress.Below(_host.ApiBaseUrl, path));
        request.Headers.Authorization = ProviderHttp.Bearer(accessToken);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.github+json"));
        request.Headers.Add("X-GitHub-Api-Version", "2022-11-28");
        return await _http.SendAsync(request, ct);
    }

    // The public address, verified if the list of addresses says so; else the primary verified one.
    private static (string? Email, bool IsVerified) PickEmail(string? shown, JsonElement? list)
    {
        var verified = list is { ValueKind: JsonValueKind.Array } addresses ? addresses.EnumerateArray().Where(address => address.Flag("verified")).ToList() : [];
        if (shown is not null)
            return (shown, verified.Exists(address => string.Equals(address.Email("email"), shown, StringComparison.OrdinalIgnoreCase)));
        var primary = verified.Where(address => address.Flag("primary")).Select(address => address.Email("email")).FirstOrDefault();
        return (primary, primary is not null);
    }

    // Two servers give the same numbers to different people, and an operator may change the default host.
    private string IdOf(long id)
    {
        var number = id.ToString(CultureInfo.InvariantCulture);
        return string.Equals(_host.Host, GitHubHost.PublicHost, StringComparison.OrdinalIgnoreCase) ? number : $"{_host.Host.ToLowerInvariant()}/{number}";
    }
}
