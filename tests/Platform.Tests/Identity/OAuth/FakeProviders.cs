using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Platform.Tests.Identity.OAuth;

/// <summary>
/// GitHub and Vercel on loopback. The page where a person agrees is <see cref="Authorize"/>; token, profile and revocation are real HTTP. Codes are good once, for
/// the redirect URI they were asked with, and only with the verifier of their challenge.
/// </summary>
internal sealed class FakeProviders : IAsyncDisposable
{
    public const string ClientId = "client-1";
    public const string ClientSecret = "client-secret-1";
    public const string PublicUrl = "https://platform.test/base";

    private readonly WebApplication _server;
    private readonly ConcurrentDictionary<string, (FakeAccount Account, string Challenge, string RedirectUri)> _codes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FakeAccount> _tokens = new(StringComparer.Ordinal);

    private FakeProviders()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.MapPost("/login/oauth/access_token", ExchangeAtGitHubAsync);
        _server.MapGet("/api/user", http => ProfileAsync(http, account => new { id = account.Id, login = account.Login, name = account.Name, avatar_url = $"https://pictures.test/{account.Id}", email = account.Email }));
        _server.MapGet("/api/user/emails", http => ProfileAsync(http, Emails));
        _server.MapDelete("/api/applications/{id}/token", RevokeAtGitHubAsync);
        _server.MapPost("/vercel/token", ExchangeAtVercelAsync);
        _server.MapGet("/vercel/user", http => HideVercelUser ? NotFoundAsync(http) : ProfileAsync(http, account => new { user = VercelUser(account) }));
        _server.MapGet("/vercel/www/user", http => ProfileAsync(http, VercelUser));
        _server.MapPost("/vercel/revoke", RevokeAtVercelAsync);
    }

    /// <summary>Codes that came in, good or not.</summary>
    public ConcurrentQueue<string> Exchanges { get; } = [];

    /// <summary>Tokens that were handed out, the newest last.</summary>
    public ConcurrentQueue<string> Tokens { get; } = [];

    public ConcurrentQueue<string> Revoked { get; } = [];

    public ConcurrentQueue<string> Verifiers { get; } = [];

    public int ProfileReads => _profileReads;

    public Mischief Mischief { get; set; }

    /// <summary>Revocations are not answered.</summary>
    public bool IgnoresRevocation { get; set; }

    /// <summary>Vercel's first profile address does not know anybody.</summary>
    public bool HideVercelUser { get; set; }

    private int _profileReads;

    public string Address => _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<FakeProviders> StartAsync()
    {
        var providers = new FakeProviders();
        await providers._server.StartAsync();
        return providers;
    }

    public (string Key, string Value)[] Settings =>
    [
        ("Platform:PublicUrl", PublicUrl), ("Auth:Providers", "github, vercel"),
        ("GitHub:Hosts:0:WebBaseUrl", Address), ("GitHub:Hosts:0:ApiBaseUrl", $"{Address}/api"), ("GitHub:Hosts:0:ClientId", ClientId), ("GitHub:Hosts:0:ClientSecret", ClientSecret),
        ("Vercel:ClientId", ClientId), ("Vercel:ClientSecret", ClientSecret), ("Vercel:AuthorizeUrl", $"{Address}/vercel/authorize"), ("Vercel:TokenUrl", $"{Address}/vercel/token"),
        ("Vercel:UserUrl", $"{Address}/vercel/user"), ("Vercel:WebUserUrl", $"{Address}/vercel/www/user"), ("Vercel:RevokeUrl", $"{Address}/vercel/revoke"),
    ];

    /// <summary>The person agrees: the query that the provider sends the browser back with.</summary>
    /// <param name="challenge">Instead of the one in the address: a provider that saw another browser's.</param>
    public string Authorize(string url, FakeAccount account, string? challenge = null)
    {
        var query = QueryHelpers.ParseQuery(new Uri(url).Query);
        Assert.Equal((ClientId, "S256"), (query["client_id"].ToString(), query["code_challenge_method"].ToString()));
        Assert.StartsWith(PublicUrl, query["redirect_uri"].ToString(), StringComparison.Ordinal);
        Assert.Equal(43, query["state"].ToString().Length);
        var code = $"code-{Guid.CreateVersion7():N}";
        _codes[code] = (account, challenge ?? query["code_challenge"].ToString(), query["redirect_uri"].ToString());
        return $"?code={code}&state={Uri.EscapeDataString(query["state"].ToString())}";
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ExchangeAtGitHubAsync(HttpContext http)
    {
        var body = (await http.Request.ReadFromJsonAsync<Dictionary<string, string>>())!;
        var isClient = body["client_id"] == ClientId && body["client_secret"] == ClientSecret && http.Request.Headers.Accept == "application/json";
        await GiveTokenAsync(http, isClient, body, account => new { scope = "repo,read:user", token_type = "bearer", access_token = Give("gho_", account) });
    }

    private async Task ExchangeAtVercelAsync(HttpContext http)
    {
        var form = (await http.Request.ReadFormAsync()).ToDictionary(field => field.Key, field => field.Value.ToString());
        var isClient = IsClient(http) && form["grant_type"] == "authorization_code";
        await GiveTokenAsync(http, isClient, form, account => new { access_token = Give("vca_", account), refresh_token = Give("vcr_", account), expires_in = 3600 });
    }

    private async Task GiveTokenAsync(HttpContext http, bool isClient, Dictionary<string, string> body, Func<FakeAccount, object> answer)
    {
        Exchanges.Enqueue(body["code"]);
        Verifiers.Enqueue(body["code_verifier"]);
        if (Mischief == Mischief.SaysNothing)
            await SilenceAsync(http);
        else if (Mischief == Mischief.BreaksToken)
            http.Response.StatusCode = 500;
        else if (Mischief == Mischief.AnswersGarbage)
            await http.Response.WriteAsync("<html>");
        else if (isClient && Mischief != Mischief.RefusesCode && _codes.TryRemove(body["code"], out var code) && code.RedirectUri == body["redirect_uri"] && IsVerified(code.Challenge, body["code_verifier"]))
            await http.Response.WriteAsJsonAsync(answer(code.Account));
        else
            await http.Response.WriteAsJsonAsync(new { error = "bad_verification_code" });   // with status 200, as GitHub does
    }

    private async Task ProfileAsync(HttpContext http, Func<FakeAccount, object> profile)
    {
        Interlocked.Increment(ref _profileReads);
        if (Mischief != Mischief.HidesProfile && _tokens.TryGetValue(http.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal), out var account))
            await http.Response.WriteAsJsonAsync(profile(account));
        else
            http.Response.StatusCode = 401;
    }

    /// <summary>What the provider says of an account from now on.</summary>
    public void Rename(FakeAccount account)
    {
        foreach (var (token, _) in _tokens.Where(known => known.Value.Id == account.Id))
            _tokens[token] = account;
    }

    private async Task RevokeAtGitHubAsync(HttpContext http)
    {
        var body = await JsonSerializer.DeserializeAsync<Dictionary<string, string>>(http.Request.Body);
        await RevokeAsync(http, IsClient(http) && (string?)http.Request.RouteValues["id"] == ClientId, body!["access_token"]);
    }

    private async Task RevokeAtVercelAsync(HttpContext http) => await RevokeAsync(http, IsClient(http), (await http.Request.ReadFormAsync())["token"].ToString());

    private async Task RevokeAsync(HttpContext http, bool isClient, string token)
    {
        if (IgnoresRevocation)
            await SilenceAsync(http);
        else if (isClient && _tokens.TryRemove(token, out _))
            Revoked.Enqueue(token);
        http.Response.StatusCode = 204;
    }

    private string Give(string prefix, FakeAccount account)
    {
        var token = $"{prefix}{Guid.CreateVersion7():N}";
        _tokens[token] = account;
        Tokens.Enqueue(token);
        return token;
    }

    private static object Emails(FakeAccount account)
    {
        List<object> list = [new { email = "other@example.com", primary = false, verified = true }];
        if (account.Primary is { } primary)
            list.Add(new { email = primary, primary = true, verified = account.Verified });
        return list;
    }

    private static object VercelUser(FakeAccount account) => new { uid = $"vercel-{account.Id}", username = account.Login, name = account.Name, email = account.Email, avatar = "0a1b2c" };

    private static bool IsClient(HttpContext http) =>
        http.Request.Headers.Authorization == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ClientId}:{ClientSecret}"))}";

    private static bool IsVerified(string challenge, string verifier) => challenge == Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    private static Task SilenceAsync(HttpContext http) => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

    private static Task NotFoundAsync(HttpContext http)
    {
        http.Response.StatusCode = 404;
        return Task.CompletedTask;
    }
}
