using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity;

public sealed class CredentialTests(ProbeApp probes) : IClassFixture<ProbeApp>
{
    private const string Good = """{"word":"ab","number":1}""";

    private PlatformApp App => probes.App;

    [Fact]
    public async Task Cookie_WithoutCsrfHeader_IsRefusedAndBearerIsNot()
    {
        var user = await App.CreateUserAsync();

        Assert.Equal((HttpStatusCode.Forbidden, "CSRF token missing"), await PostAsync(user.AsBrowser()));
        Assert.Equal((HttpStatusCode.Forbidden, "CSRF token invalid"), await PostAsync(user.AsBrowser("something else")));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(user.AsBrowser(user.CsrfToken))).Status);
        Assert.Equal(HttpStatusCode.OK, (await user.Client.PostAsync("/api/v1/probe", Json())).StatusCode);
    }

    [Fact]
    public async Task Cookie_WithMatchingButForeignCsrfPair_IsRefused()
    {
        var (user, other) = (await App.CreateUserAsync(), await App.CreateUserAsync());
        var outcome = await PostAsync(headers =>
        {
            headers.Add("Cookie", $"access_token={user.Token}; csrf_token={other.CsrfToken}");
            headers.Add("X-CSRF-Token", other.CsrfToken);
        });
        Assert.Equal((HttpStatusCode.Forbidden, "CSRF token invalid"), outcome);
    }

    [Fact]
    public async Task Logout_FromAnotherSite_IsRefused()
    {
        var user = await App.CreateUserAsync();
        using var client = App.Client(user.AsBrowser());
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/auth/logout");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, (await client.SendAsync(request)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/api/v1/auth/logout", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/v1/auth/me")).StatusCode);
    }

    [Fact]
    public async Task BadBearer_WinsOverGoodCookie()
    {
        var user = await App.CreateUserAsync();
        using var client = App.Client(user.AsBrowser());
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "nonsense");
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/v1/auth/me")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/probe/query")).StatusCode);   // public: counts as no credential
    }

    [Fact]
    public async Task ForgedTokens_Are401()
    {
        var user = await App.CreateUserAsync();
        var good = new JsonWebToken(user.Token);
        var session = Guid.Parse(good.GetPayloadValue<string>("sid"));
        var key = (SymmetricSecurityKey)App.Services.GetRequiredService<SigningKeyRing>().Loaded!.All[0];
        var wrong = new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(64)) { KeyId = key.KeyId };
        var unknownKid = new SymmetricSecurityKey(key.Key) { KeyId = "another" };
        var parts = user.Token.Split('.');
        var none = $"{Base64Url.EncodeToString("""{"alg":"none","typ":"JWT"}"""u8)}.{parts[1]}.";

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Forge(key)));   // the forge itself works
        foreach (var token in new[]
        {
            none, $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}", "a.b.c", new string('x', 9000), "pf_0123456789", "ümlaut",
            Forge(wrong), Forge(unknownKid), Forge(key, issuer: "elsewhere"), Forge(key, audience: "elsewhere"), Forge(key, hours: -1),
            Forge(key, algorithm: SecurityAlgorithms.HmacSha512), Forge(key, ver: 2), Forge(key, sid: Guid.CreateVersion7()), Forge(key, sub: Guid.CreateVersion7()),
        })
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(token));

        string Forge(SecurityKey with, string issuer = "platform", string audience = "platform", double hours = 1, int ver = 1, Guid? sid = null, Guid? sub = null, string algorithm = SecurityAlgorithms.HmacSha256) =>
            new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
            {
                Issuer = issuer,
                Audience = audience,
                IssuedAt = DateTime.UtcNow.AddHours(-2),
                NotBefore = DateTime.UtcNow.AddHours(-2),
                Expires = DateTime.UtcNow.AddHours(hours),
                SigningCredentials = new SigningCredentials(with, algorithm),
                Claims = new Dictionary<string, object> { ["sub"] = (sub ?? user.Id).ToString(), ["sid"] = (sid ?? session).ToString(), ["ver"] = ver },
            });
    }

    [Fact]
    public async Task DisabledUser_LosesHisSession()
    {
        var user = await App.CreateUserAsync();
        await using var scope = App.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        (await db.Users.FindAsync(user.Id))!.SetActive(false, DateTimeOffset.UtcNow);
        await db.SaveChangesAsync();

        await Until.TrueAsync(async () => (await user.Client.GetAsync("/api/v1/auth/me")).StatusCode == HttpStatusCode.Unauthorized, "the cached session is renewed", seconds: 5);
    }

    private async Task<HttpStatusCode> StatusAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/auth/me");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {(token == "ümlaut" ? "%C3%BCmlaut" : token)}");
        return (await App.Anonymous.SendAsync(request)).StatusCode;
    }

    private async Task<(HttpStatusCode Status, string? Detail)> PostAsync(Action<HttpRequestHeaders> headers)
    {
        using var client = App.Client(headers);
        var answer = await client.PostAsync("/api/v1/probe", Json());
        var json = await answer.JsonAsync();
        return (answer.StatusCode, json.TryGetProperty("detail", out var detail) ? detail.GetString() : null);
    }

    private static StringContent Json() => new(Good, Encoding.UTF8, "application/json");
}
