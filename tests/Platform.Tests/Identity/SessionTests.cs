using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity;

public sealed class SessionTests(ProbeApp probes) : IClassFixture<ProbeApp>
{
    private PlatformApp App => probes.App;

    [Fact]
    public async Task GetSession_WithAndWithoutOne_IsAnsweredBoth()
    {
        var user = await App.CreateUserAsync();
        using var bad = App.Bearer("nonsense");

        Assert.Equal(JsonValueKind.Null, (await App.Anonymous.CallAsync("GET", "/api/auth/get-session")).Body.ValueKind);
        Assert.Equal(JsonValueKind.Null, (await bad.CallAsync("GET", "/api/auth/get-session")).Body.ValueKind);
        var body = (await user.Client.CallAsync("GET", "/api/auth/get-session")).Body;
        Assert.Equal(
            ["activeOrganizationId", "activeProjectId", "createdAt", "expiresAt", "id", "impersonatedBy", "ipAddress", "userAgent", "userId"],
            body.GetProperty("session").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
        Assert.Equal((user.Id, user.Email), (body.GetProperty("session").GetProperty("userId").GetGuid(), body.GetProperty("user").Text("email")));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Revoke_OneAndOthers_EndsExactlyThose(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db);
        var (user, other) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var (second, third) = ((await app.SignInAsync(Face.Checks, user.Email)).TokenOf(), (await app.SignInAsync(Face.Inference, user.Email)).TokenOf());
        var ids = (await user.Client.CallAsync("GET", "/api/auth/list-sessions")).Body.EnumerateArray().Select(session => session.GetProperty("id").GetGuid()).ToList();
        Assert.Equal(3, ids.Count);

        Assert.Equal(404, (await other.Client.CallAsync("POST", "/api/auth/revoke-session", new { id = ids[0] })).Status);
        Assert.Equal(404, (await user.Client.CallAsync("POST", "/api/auth/revoke-session", new { id = Guid.CreateVersion7() })).Status);
        Assert.Equal(400, (await user.Client.CallAsync("POST", "/api/auth/revoke-session", new { })).Status);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], [await app.StatusAsync(second), await app.StatusAsync(third)]);

        Assert.Equal("""{"status":true}""", (await user.Client.CallAsync("POST", "/api/auth/revoke-session", new { id = ids[0] })).Body.ToString());   // newest first
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Unauthorized], [await app.StatusAsync(second), await app.StatusAsync(third)]);
        Assert.Equal(404, (await user.Client.CallAsync("POST", "/api/auth/revoke-session", new { id = ids[0] })).Status);

        Assert.Equal("""{"status":true}""", (await user.Client.CallAsync("POST", "/api/auth/revoke-other-sessions")).Body.ToString());
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.OK], [await app.StatusAsync(user.Token), await app.StatusAsync(second), await app.StatusAsync(other.Token)]);
        Assert.Equal(1, (await user.Client.CallAsync("GET", "/api/auth/list-sessions")).Body.GetArrayLength());
    }

    [Fact]
    public async Task Operations_WithoutASessionOrCsrfToken_AreRefused()
    {
        var user = await App.CreateUserAsync();
        using var browser = App.Client(user.AsBrowser());
        foreach (var path in (string[])["revoke-session", "revoke-other-sessions", "update-user", "change-password", "setup-defaults", "two-factor/enable", "two-factor/verify", "two-factor/disable"])
        {
            Assert.Equal((401, "Authentication required"), (await App.Anonymous.CallAsync("POST", $"/api/auth/{path}", new { })).Brief);
            Assert.Equal((403, "csrf_failed"), (await browser.CallAsync("POST", $"/api/auth/{path}", new { })).Brief);
        }
        foreach (var path in (string[])["user", "list-sessions", "two-factor/status"])
            Assert.Equal(401, (await App.Anonymous.CallAsync("GET", $"/api/auth/{path}")).Status);
        Assert.Equal((401, "unauthorized"), (await App.Anonymous.CallAsync("GET", "/auth/me")).Brief);
        Assert.Equal(401, (await App.Anonymous.CallAsync("PUT", "/auth/me", new { })).Status);
        Assert.Equal((403, "forbidden"), (await browser.CallAsync("PUT", "/auth/me/password", new { })).Brief);
    }

    [Fact]
    public async Task SignIn_NotRemembered_EndsWithTheBrowserAndAfterADay()
    {
        var clock = new ShiftedClock();
        await using var app = await PlatformApp.StartAsync(configure: services => services.AddSingleton<TimeProvider>(clock), settings: ("SystemSettings:SecuritySettings:SessionTimeoutMinutes", "1440"));
        var user = await app.CreateUserAsync();
        var (kept, left) = (await SignInAsync(true), await SignInAsync(false));

        Assert.All(kept.Http.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("max-age=86400", cookie, StringComparison.Ordinal));
        Assert.All(left.Http.Headers.GetValues("Set-Cookie"), cookie => Assert.DoesNotContain("max-age", cookie, StringComparison.Ordinal));
        clock.Advance(TimeSpan.FromHours(13));
        var (keptToken, leftToken) = (await RenewedAsync(kept.TokenOf()), await RenewedAsync(left.TokenOf()));
        clock.Advance(TimeSpan.FromHours(12));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Unauthorized], [await app.StatusAsync(keptToken), await app.StatusAsync(leftToken)]);

        Task<Answered> SignInAsync(bool rememberMe) => app.Anonymous.CallAsync("POST", "/api/auth/sign-in/email", new { email = user.Email, password = PlatformApp.Password, rememberMe });

        async Task<string> RenewedAsync(string token)
        {
            using var browser = app.Client(headers => headers.Add("Cookie", $"access_token={token}"));
            var answer = await browser.GetAsync("/api/v1/auth/me");
            return answer.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("access_token=", StringComparison.Ordinal))["access_token=".Length..].Split(';')[0];
        }
    }

    [Fact]
    public async Task List_SessionsLeftAlone_AreNotShown()
    {
        var clock = new ShiftedClock();
        await using var app = await PlatformApp.StartAsync(configure: services => services.AddSingleton<TimeProvider>(clock));
        var user = await app.CreateUserAsync();
        await app.SignInAsync(Face.Checks, user.Email);
        clock.Advance(TimeSpan.FromMinutes(45));
        using (var browser = app.Client(user.AsBrowser()))
            Assert.True((await browser.GetAsync("/api/v1/auth/me")).Headers.TryGetValues("Set-Cookie", out _));   // renewed, and so in use
        clock.Advance(TimeSpan.FromMinutes(30));
        var present = (await app.SignInAsync(Face.Checks, user.Email)).TokenOf();

        using var client = app.Bearer(present);
        var listed = (await client.CallAsync("GET", "/api/auth/list-sessions")).Body.EnumerateArray().Select(session => session.GetProperty("id").GetGuid()).ToList();
        var all = await app.InDatabaseAsync(db => db.Sessions.Where(session => session.UserId == user.Id).OrderByDescending(session => session.Id).Select(session => session.Id).ToListAsync());
        Assert.Equal([all[0], all[2]], listed);
    }

    [Fact]
    public async Task SignIn_WithASession_OpensAnotherOne()
    {
        var user = await App.CreateUserAsync();
        using var browser = App.Client(user.AsBrowser(user.CsrfToken));
        var again = await browser.CallAsync("POST", "/api/auth/sign-in/email", new { email = user.Email, password = PlatformApp.Password });

        Assert.Equal(200, again.Status);
        using var client = App.Bearer(again.TokenOf());
        Assert.NotEqual(await IdAsync(user.Client), await IdAsync(client));
    }

    private static async Task<string> IdAsync(HttpClient client) => (await client.CallAsync("GET", "/api/auth/get-session")).Body.GetProperty("session").Text("id");
}
