using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Identity.OAuth;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity.OAuth;

public sealed class OAuthFlowTests
{
    [Fact]
    public async Task Start_GitHub_BindsTheStateToTheBrowser()
    {
        await using var lab = await OAuthLab.StartAsync();
        var answer = await lab.App.Anonymous.GetAsync("/api/auth/signin/github?next=/a");

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Matches("^oauth_state=[A-Za-z0-9_-]{43}; max-age=600; path=/api/auth; samesite=lax; httponly$", cookie);
        var url = answer.Headers.Location!.OriginalString;
        var query = QueryHelpers.ParseQuery(new Uri(url).Query);
        Assert.Equal($"{lab.Providers.Address}/login/oauth/authorize", url.Split('?')[0]);
        Assert.Equal(["client_id", "code_challenge", "code_challenge_method", "redirect_uri", "scope", "state"], query.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("https://platform.test/base/api/auth/github/callback", "repo,read:user,user:email", cookie[12..55]), (query["redirect_uri"].ToString(), query["scope"].ToString(), query["state"].ToString()));
        Assert.True(answer.Headers.CacheControl!.NoStore);
        await using var secure = await OAuthLab.StartAsync(settings: ("Platform:Environment", "production"));
        Assert.Contains("secure", Assert.Single((await secure.App.Anonymous.GetAsync("/api/auth/signin/github")).Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callback_WithoutTheBrowsersOwnFreshState_IsRefusedWithoutTryingTheCode()
    {
        var clock = new ShiftedClock();
        await using var lab = await OAuthLab.StartAsync(configure: services => services.AddSingleton<TimeProvider>(clock));
        var browser = lab.Browser();
        var query = lab.Providers.Authorize(await browser.StartAsync(), FakeAccount.New());
        var state = browser.Cookie("oauth_state", "/api/auth")!;

        await RefusedAsync(browser, "");
        await RefusedAsync(browser, $"?state={state}");                        // no code
        await RefusedAsync(browser, "?code=abc");                              // no state
        await RefusedAsync(browser, $"?code=abc&state={state[..^1]}");         // another state
        await RefusedAsync(browser, $"?code=abc&state={state}x");
        await RefusedAsync(browser, "?code=abc&state=%00");
        await RefusedAsync(browser, query, Browser.VercelCallback);            // another provider
        await RefusedAsync(lab.Browser(), query);                              // another browser without a flow
        var other = lab.Browser();
        await other.StartAsync();
        await RefusedAsync(other, query);                                      // another browser with one of its own
        var forger = lab.Browser();
        forger.SetCookie("oauth_state", "made-up", "/api/auth");
        await RefusedAsync(forger, "?code=abc&state=made-up");                 // unknown
        Assert.NotNull(browser.Cookie("oauth_state", "/api/auth"));            // none of it ended the flow
        clock.Advance(TimeSpan.FromMinutes(11));
        browser.SetCookie("oauth_state", state, "/api/auth");                  // a browser that ignores the cookie's end
        await RefusedAsync(browser, query);                                    // expired
        Assert.Empty(lab.Providers.Exchanges);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Callback_FiftyTimesAtOnce_SucceedsOnce(Db db)
    {
        await using var lab = await OAuthLab.StartAsync(db);
        var browser = lab.Browser();
        var query = lab.Providers.Authorize(await browser.StartAsync(), FakeAccount.New());
        var state = browser.Cookie("oauth_state", "/api/auth")!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Browser.GitHubCallback + query);
            request.Headers.Add("Cookie", $"oauth_state={state}");
            return (await lab.App.Anonymous.SendAsync(request)).StatusCode;
        }));

        Assert.Equal(1, answers.Count(status => status == HttpStatusCode.Found));
        Assert.Equal(49, answers.Count(status => status == HttpStatusCode.BadRequest));
        Assert.Single(lab.Providers.Exchanges);
    }

    [Fact]
    public async Task Callback_CodeOfAnotherVerifier_IsNotExchanged()
    {
        await using var lab = await OAuthLab.StartAsync();
        var browser = lab.Browser();
        var query = lab.Providers.Authorize(await browser.StartAsync(), FakeAccount.New(), challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");

        await AssertAsync(HttpStatusCode.BadRequest, "Failed to exchange code for token", await browser.Client.GetAsync(Browser.GitHubCallback + query));
        Assert.All(lab.Providers.Verifiers, verifier => Assert.Equal(43, verifier.Length));
    }

    [Theory]
    [InlineData(Mischief.RefusesCode, HttpStatusCode.BadRequest, "Failed to exchange code for token")]
    [InlineData(Mischief.BreaksToken, HttpStatusCode.BadRequest, "Failed to exchange code for token")]
    [InlineData(Mischief.AnswersGarbage, HttpStatusCode.BadRequest, "Failed to exchange code for token")]
    [InlineData(Mischief.SaysNothing, HttpStatusCode.BadRequest, "Failed to exchange code for token")]
    [InlineData(Mischief.HidesProfile, HttpStatusCode.BadGateway, "Failed to read the profile of the account")]
    public async Task Callback_ProviderFails_TriesTheCodeOnceAndMakesNobody(Mischief mischief, HttpStatusCode status, string error)
    {
        await using var lab = await OAuthLab.StartAsync(configure: services => services.AddSingleton<TimeProvider>(new HastyClock()));
        var browser = lab.Browser();
        var query = lab.Providers.Authorize(await browser.StartAsync(), FakeAccount.New());
        lab.Providers.Mischief = mischief;
        var state = browser.Cookie("oauth_state", "/api/auth")!;

        await AssertAsync(status, error, await browser.Client.GetAsync(Browser.GitHubCallback + query));
        Assert.Null(browser.Cookie("oauth_state", "/api/auth"));
        lab.Providers.Mischief = Mischief.None;
        browser.SetCookie("oauth_state", state, "/api/auth");
        await RefusedAsync(browser, query);
        Assert.Single(lab.Providers.Exchanges);
        Assert.Equal(0, await lab.InDatabaseAsync(rows => rows.LinkedIdentities.CountAsync()));
    }

    [Fact]
    public async Task Callback_PersonDeclines_GoesBackWithTheReason()
    {
        await using var lab = await OAuthLab.StartAsync();
        var browser = lab.Browser();
        await browser.StartAsync(next: "/settings#accounts");
        var answer = await browser.Client.GetAsync($"{Browser.GitHubCallback}?error=access_denied&state={browser.Cookie("oauth_state", "/api/auth")}");
        Assert.Equal((HttpStatusCode.Found, "/settings?error=access_denied#accounts"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        Assert.Null(browser.Cookie("oauth_state", "/api/auth"));
        await RefusedAsync(lab.Browser(), "?error=access_denied&state=x");
    }

    [Theory]
    [InlineData("//evil.test")]
    [InlineData("https://evil.test")]
    [InlineData("/\\evil.test")]
    [InlineData("/\t/evil.test")]
    [InlineData("/a\0b")]
    public async Task Next_OfAnotherSite_EndsAtHome(string next)
    {
        await using var lab = await OAuthLab.StartAsync();
        Assert.Equal("/", await lab.Browser().SignInAsync(FakeAccount.New(), next));
    }

    [Fact]
    public async Task Routes_WithoutConfiguration_SaySo()
    {
        await using var app = await PlatformApp.StartAsync();
        Assert.Equal("/?error=github_not_configured", (await app.Anonymous.GetAsync("/api/auth/signin/github")).Headers.Location!.OriginalString);
        await AssertAsync(HttpStatusCode.ServiceUnavailable, "Vercel sign-in is not configured", await app.Anonymous.PostAsync("/api/auth/signin/vercel", null));
        await AssertAsync(HttpStatusCode.ServiceUnavailable, "GitHub sign-in is not configured", await app.Anonymous.GetAsync("/api/auth/github/callback?code=a&state=b"));
        await AssertAsync(HttpStatusCode.ServiceUnavailable, "Vercel sign-in is not configured", await app.Anonymous.GetAsync("/api/auth/callback/vercel"));
        var user = await app.CreateUserAsync();
        await AssertAsync(HttpStatusCode.ServiceUnavailable, "GitHub sign-in is not configured", await user.Client.PostAsync("/api/auth/github/signin", null));
        Assert.Equal("/?error=github_not_configured", (await user.Client.GetAsync("/api/auth/github/signin")).Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Routes_OfAProviderThatIsNotOffered_SaySo()
    {
        await using var lab = await OAuthLab.StartAsync(settings: ("Auth:Providers", "github"));
        await AssertAsync(HttpStatusCode.ServiceUnavailable, "Vercel sign-in is not configured", await lab.App.Anonymous.PostAsync("/api/auth/signin/vercel", null));
    }

    [Theory]
    [InlineData("Auth:Providers", "gitlab")]
    [InlineData("Platform:PublicUrl", "not a url")]
    [InlineData("GitHub:Hosts:0:ApiBaseUrl", "ftp://x")]
    [InlineData("GitHub:Hosts:0:ClientSecret", "")]
    [InlineData("GitHub:Hosts:0:Clientid2", "x")]
    [InlineData("Vercel:TokenUrl", "nonsense")]
    [InlineData("Agents:Keys:mistral", "12345678")]
    [InlineData("Agents:Keys:openai", "short")]
    public async Task Start_BadSetting_IsRefused(string key, string value)
    {
        await using var providers = await FakeProviders.StartAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () => await (await PlatformApp.StartAsync(settings: [.. providers.Settings, (key, value)])).DisposeAsync());
    }

    [Fact]
    public async Task Sweep_ExpiredFlows_DeletesThemOnly()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var scope = database.As(Platform.Identity.Caller.Platform);
        var now = database.Clock.GetUtcNow();
        scope.Db.AddRange(Flow("old", now.AddMinutes(-1)), Flow("open", now.AddMinutes(1)));
        await scope.Db.SaveChangesAsync();

        Assert.Equal(1, await new OAuthSweep(database.Get<Platform.Data.ExpiredRows>(), database.Clock).DeleteExpiredFlowsAsync(CancellationToken.None));
        Assert.Equal("open", await scope.Db.OAuthFlows.Select(flow => flow.StateHash).SingleAsync());
    }

    private static OAuthFlow Flow(string hash, DateTimeOffset end) =>
        new() { StateHash = hash, Provider = IdentityProvider.Github, Mode = OAuthMode.Signin, RedirectTo = "/", CodeVerifier = "x", ExpiresAt = end };

    private static async Task RefusedAsync(Browser browser, string query, string path = Browser.GitHubCallback) =>
        await AssertAsync(HttpStatusCode.BadRequest, "Invalid OAuth state", await browser.Client.GetAsync(path + query));

    private static async Task AssertAsync(HttpStatusCode status, string error, HttpResponseMessage answer)
    {
        var body = await answer.JsonAsync();
        Assert.Equal((status, error), (answer.StatusCode, body.Text("error")));
    }

    /// <summary>The system's clock, except that the time-outs of calls to providers are over at once.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == TimeSpan.FromSeconds(10) ? TimeSpan.FromMilliseconds(200) : dueTime, period);
    }
}
