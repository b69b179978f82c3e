using System.Net;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity.OAuth;

public sealed class ConnectIdentityTests
{
    [Fact]
    public async Task Connect_FreeAccount_LinksItToTheCaller()
    {
        await using var lab = await OAuthLab.StartAsync();
        var (browser, user) = await lab.UserAsync();
        var account = FakeAccount.New() with { Primary = user.Email };   // his own address is no obstacle

        Assert.Equal("/settings?github_connected=true", await browser.SignInAsync(account, "/settings"));

        var status = await browser.GetAsync("/api/auth/github/status");
        Assert.Equal((true, account.Login, false, user.Id),
            (status.GetProperty("connected").GetBoolean(), status.GetProperty("username").GetString(), status.GetProperty("needsReauth").GetBoolean(), await browser.UserIdAsync()));
        Assert.True(status.GetProperty("connectedAt").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        await lab.InDatabaseAsync(async rows =>
        {
            Assert.False((await rows.LinkedIdentities.SingleAsync()).IsPrimary);
            Assert.Equal(user.Id, (await rows.AuditEntries.SingleAsync(entry => entry.Action == "identity.link")).ActorId);
            Assert.Equal(user.Id, (await rows.Events.SingleAsync(e => e.EventType == "identity.linked")).UserId);
            return true;
        });

        Assert.Equal("/", await browser.SignInAsync(account with { Login = "renamed" }, route: "/api/auth/github/signin"));   // his own again
        Assert.Equal("renamed", (await browser.GetAsync("/api/auth/github/status")).GetProperty("username").GetString());
        Assert.Equal(1, await lab.InDatabaseAsync(rows => rows.Events.CountAsync(e => e.EventType == "identity.linked")));

        var signedIn = lab.Browser();
        await signedIn.SignInAsync(account);
        Assert.Equal(user.Id, await signedIn.UserIdAsync());
    }

    [Fact]
    public async Task Connect_OtherAccountOfTheProvider_TakesThePlaceOfTheFormer()
    {
        await using var lab = await OAuthLab.StartAsync();
        var (former, next) = (FakeAccount.New(), FakeAccount.New());
        var (browser, id) = await lab.GitHubUserAsync(former);

        Assert.Equal("/?github_connected=true", await browser.SignInAsync(next));

        Assert.Equal((next.Login, id), ((await browser.GetAsync("/api/auth/github/status")).GetProperty("username").GetString(), await browser.UserIdAsync()));
        Assert.True(await lab.InDatabaseAsync(rows => rows.LinkedIdentities.Select(identity => identity.IsPrimary).SingleAsync()));
        Assert.NotEqual(id, (await lab.GitHubUserAsync(former)).UserId);
    }

    [Fact]
    public async Task Connect_ByPost_AnswersTheAddressAndNeedsTheCsrfToken()
    {
        await using var lab = await OAuthLab.StartAsync();
        var (browser, _) = await lab.UserAsync();
        foreach (var path in (string[])["/api/auth/github/signin", "/api/auth/signin/vercel"])
        {
            var refused = await browser.Client.PostAsync(path, null);
            Assert.Equal((HttpStatusCode.Forbidden, "csrf_failed"), (refused.StatusCode, (await refused.JsonAsync()).Text("code")));
            var started = await browser.PostAsync(path + "?next=/x");
            Assert.StartsWith(lab.Providers.Address, (await started.JsonAsync()).Text("url"), StringComparison.Ordinal);
        }

        var account = FakeAccount.New();
        Assert.Equal("/", await browser.SignInWithVercelAsync(account));   // connect mode
        Assert.Equal("password", (await browser.GetAsync("/api/auth/info")).GetProperty("authProvider").GetString());
        Assert.Equal(HttpStatusCode.OK, (await lab.App.Anonymous.PostAsync("/api/auth/signin/vercel", null)).StatusCode);   // a sign-in needs none
    }

    [Fact]
    public async Task Connect_SignedOut_GoesHomeOrIsRefused()
    {
        await using var lab = await OAuthLab.StartAsync();
        var answer = await lab.App.Anonymous.GetAsync("/api/auth/github/signin?next=/x");
        Assert.Equal((HttpStatusCode.Found, "/"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        Assert.Equal(HttpStatusCode.Unauthorized, (await lab.App.Anonymous.PostAsync("/api/auth/github/signin", null)).StatusCode);
    }

    [Fact]
    public async Task Callback_OfAConnection_NeedsWhoBeganIt()
    {
        await using var lab = await OAuthLab.StartAsync();
        var (browser, _) = await lab.UserAsync();
        var query = lab.Providers.Authorize(await browser.StartAsync(), FakeAccount.New());
        browser.Take(await lab.App.CreateUserAsync());   // somebody else signed in meanwhile
        await RefusedAsync(browser, query);
        browser.SetCookie("access_token", "gone", "/");
        await RefusedAsync(browser, query);
        Assert.Empty(lab.Providers.Exchanges);
    }

    [Fact]
    public async Task Connect_AccountOfAUserWithAnotherWayIn_StaysHis()
    {
        await using var lab = await OAuthLab.StartAsync();
        var (owner, user) = await lab.UserAsync();
        var account = FakeAccount.New();
        await owner.SignInAsync(account);
        var (browser, _) = await lab.UserAsync();

        Assert.Equal("/x?a=b&error=github_already_linked", await browser.SignInAsync(account, "/x?a=b"));
        Assert.Equal(user.Id, await lab.InDatabaseAsync(rows => rows.LinkedIdentities.Select(identity => identity.UserId).SingleAsync()));
        Assert.Equal("""{"connected":false}""", await browser.Client.GetStringAsync("/api/auth/github/status"));
    }

    [Theory]
    [InlineData("operator")]
    [InlineData("vercel too")]
    [InlineData("company")]
    [InlineData("disabled")]
    public async Task Connect_AccountThatMayNotBeAbsorbed_StaysAsItIs(string reason)
    {
        await using var lab = await OAuthLab.StartAsync();
        var account = FakeAccount.New();
        var (owner, id) = await lab.GitHubUserAsync(account);
        var (browser, user) = await lab.UserAsync();
        if (reason == "vercel too")
            await owner.SignInWithVercelAsync(FakeAccount.New());
        else
            await lab.InDatabaseAsync(rows => ChangeAsync(rows, reason, id, user.Id));

        Assert.Equal("/?error=github_already_linked", await browser.SignInAsync(account));
        Assert.Equal(id, await lab.InDatabaseAsync(rows => rows.LinkedIdentities.Where(identity => identity.ExternalUserId == $"{account.Id}").Select(identity => identity.UserId).SingleAsync()));
        Assert.Equal(0, await lab.InDatabaseAsync(rows => rows.AuditEntries.CountAsync(entry => entry.Action == "identity.merge")));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Connect_OneAccountByManyUsersAtOnce_LinksItOnce(Db db)
    {
        await using var lab = await OAuthLab.StartAsync(db);
        var account = FakeAccount.New();
        var browsers = new List<Browser>();
        for (var i = 0; i < 8; i++)
            browsers.Add((await lab.UserAsync()).Browser);

        var ends = await Task.WhenAll(browsers.Select(browser => browser.SignInAsync(account)));

        Assert.Equal(1, ends.Count(end => end == "/?github_connected=true"));
        Assert.Equal(7, ends.Count(end => end == "/?error=github_already_linked"));
        Assert.Equal(1, await lab.InDatabaseAsync(rows => rows.LinkedIdentities.CountAsync()));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Connect_ManyAccountsByOneUserAtOnce_KeepsOne(Db db)
    {
        await using var lab = await OAuthLab.StartAsync(db);
        var user = await lab.App.CreateUserAsync();

        var ends = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
        {
            var browser = lab.Browser();
            browser.Take(user);
            return browser.SignInAsync(FakeAccount.New());
        }));

        Assert.All(ends, end => Assert.Equal("/?github_connected=true", end));
        Assert.Equal(user.Id, await lab.InDatabaseAsync(rows => rows.LinkedIdentities.Select(identity => identity.UserId).SingleAsync()));
    }

    private static async Task<int> ChangeAsync(PlatformDbContext rows, string reason, Guid id, Guid other)
    {
        if (reason == "operator")
            return await rows.Users.Where(user => user.Id == id).ExecuteUpdateAsync(set => set.SetProperty(user => user.PlatformRole, PlatformRole.Admin));
        if (reason == "disabled")
            return await rows.Users.Where(user => user.Id == id).ExecuteUpdateAsync(set => set.SetProperty(user => user.IsActive, false));
        var organization = await rows.Organizations.Where(found => found.PersonalUserId == id).Select(found => found.Id).SingleAsync();
        rows.Add(new Membership { Id = Guid.CreateVersion7(), OrganizationId = organization, UserId = other, Role = OrganizationRole.Viewer, JoinedAt = DateTimeOffset.UnixEpoch });
        return await rows.SaveChangesAsync();
    }

    private static async Task RefusedAsync(Browser browser, string query)
    {
        var answer = await browser.Client.GetAsync(Browser.GitHubCallback + query);
        Assert.Equal((HttpStatusCode.BadRequest, "Invalid OAuth state"), (answer.StatusCode, (await answer.JsonAsync()).Text("error")));
    }
}
