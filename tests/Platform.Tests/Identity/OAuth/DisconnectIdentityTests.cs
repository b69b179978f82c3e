using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity.OAuth;

public sealed class DisconnectIdentityTests
{
    private const string Path = "/api/auth/github/disconnect";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Disconnect_LinkedAccount_UnlinksItAndGivesTheTokenBack(Db db)
    {
        await using var lab = await OAuthLab.StartAsync(db);
        var (browser, user) = await lab.UserAsync();
        await browser.SignInAsync(FakeAccount.New());

        Assert.Equal("""{"success":true}""", await (await browser.PostAsync(Path)).Content.ReadAsStringAsync());

        Assert.Equal(lab.Providers.Tokens, lab.Providers.Revoked);
        Assert.Equal("""{"connected":false}""", await browser.Client.GetStringAsync("/api/auth/github/status"));
        await lab.InDatabaseAsync(async rows =>
        {
            Assert.Equal(0, await rows.LinkedIdentities.CountAsync());
            Assert.Equal(user.Id, (await rows.Events.SingleAsync(e => e.EventType == "identity.unlinked")).UserId);
            var entry = await rows.AuditEntries.SingleAsync(found => found.Action == "identity.unlink");
            Assert.Equal((user.Id, "identity"), (entry.ActorId, entry.ResourceType));
            return true;
        });
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync(Path)).StatusCode);   // nothing left to do
    }

    [Fact]
    public async Task Disconnect_WhatTheSessionWasMadeWith_IsRefused()
    {
        await using var lab = await OAuthLab.StartAsync();
        var (browser, id) = await lab.GitHubUserAsync(FakeAccount.New());
        await RefusedAsync(await browser.PostAsync(Path));
        await lab.InDatabaseAsync(rows => rows.Users.Where(user => user.Id == id).ExecuteUpdateAsync(set => set.SetProperty(user => user.PasswordHash, "there is another way in")));
        await RefusedAsync(await browser.PostAsync(Path));
        Assert.Empty(lab.Providers.Revoked);
    }

    [Fact]
    public async Task Disconnect_OnlyWayIn_IsRefused()
    {
        await using var lab = await OAuthLab.StartAsync();
        var (browser, user) = await lab.UserAsync();
        await browser.SignInAsync(FakeAccount.New());
        await lab.InDatabaseAsync(rows => rows.Users.Where(found => found.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(found => found.PasswordHash, (string?)null)));
        await RefusedAsync(await browser.PostAsync(Path));

        await browser.SignInWithVercelAsync(FakeAccount.New());   // a second one
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync(Path)).StatusCode);
    }

    [Fact]
    public async Task Disconnect_WithoutSessionOrCsrf_IsRefused()
    {
        await using var lab = await OAuthLab.StartAsync();
        var answer = await lab.App.Anonymous.PostAsync(Path, null);
        Assert.Equal((HttpStatusCode.Unauthorized, """{"success":false,"error":"Unauthorized"}"""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        var (browser, _) = await lab.UserAsync();
        await browser.SignInAsync(FakeAccount.New());
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Client.PostAsync(Path, null)).StatusCode);
        Assert.True((await browser.GetAsync("/api/auth/github/status")).GetProperty("connected").GetBoolean());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SignOut_LastSession_EndsItAndGivesTheTokenBack(bool vercel)
    {
        await using var lab = await OAuthLab.StartAsync();
        var account = FakeAccount.New();
        var (first, second) = (lab.Browser(), lab.Browser());
        foreach (var browser in (Browser[])[first, second])
            await (vercel ? browser.SignInWithVercelAsync(account) : browser.SignInAsync(account));
        var id = await first.UserIdAsync();

        Assert.Equal("""{"url":"/bye"}""", await first.Client.GetStringAsync("/api/auth/signout?next=/bye"));
        Assert.Null(first.Cookie("access_token"));
        Assert.Empty(lab.Providers.Revoked);   // the other one goes on
        Assert.Equal("""{"url":"/"}""", await second.Client.GetStringAsync("/api/auth/signout?next=//evil.test"));
        Assert.Equal(lab.Providers.Tokens.Last(token => token.StartsWith(vercel ? "vca_" : "gho_", StringComparison.Ordinal)), Assert.Single(lab.Providers.Revoked));
        Assert.Equal("""{"url":"/"}""", await second.Client.GetStringAsync("/api/auth/signout"));   // again

        Assert.Equal((null, null, true), await lab.InDatabaseAsync(rows => rows.LinkedIdentities.Where(identity => identity.UserId == id)
            .Select(identity => new ValueTuple<string?, string?, bool>(identity.AccessToken, identity.RefreshToken, identity.NeedsReauth)).SingleAsync()));
        await (vercel ? first.SignInWithVercelAsync(account) : first.SignInAsync(account));
        Assert.False(await lab.InDatabaseAsync(rows => rows.LinkedIdentities.Select(identity => identity.NeedsReauth).SingleAsync()));
    }

    [Fact]
    public async Task SignOut_ProviderIsSilent_EndsAllTheSame()
    {
        await using var lab = await OAuthLab.StartAsync(configure: services => services.AddSingleton<TimeProvider>(new HastyClock()));
        var (browser, _) = await lab.GitHubUserAsync(FakeAccount.New());
        lab.Providers.IgnoresRevocation = true;
        Assert.Equal("""{"url":"/"}""", await browser.Client.GetStringAsync("/api/auth/signout"));
        Assert.Null(browser.Cookie("access_token"));
    }

    [Fact]
    public async Task SignOut_FromAnotherSite_IsRefused()
    {
        await using var lab = await OAuthLab.StartAsync();
        var (browser, _) = await lab.UserAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/auth/signout");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Client.SendAsync(request)).StatusCode);
        Assert.NotNull((await browser.GetAsync("/api/auth/info")).GetProperty("authProvider").GetString());
        Assert.Equal(HttpStatusCode.OK, (await browser.Client.GetAsync("/api/auth/signout")).StatusCode);
        Assert.Equal(1, await lab.InDatabaseAsync(rows => rows.Events.CountAsync(e => e.EventType == "user_logged_out")));
    }

    private static async Task RefusedAsync(HttpResponseMessage answer)
    {
        var body = await answer.JsonAsync();
        Assert.Equal((HttpStatusCode.BadRequest, "Cannot disconnect primary authentication method", false), (answer.StatusCode, body.Text("error"), body.GetProperty("success").GetBoolean()));
    }

    /// <summary>The system's clock, except that the time-out of revocations is over at once.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == TimeSpan.FromSeconds(5) ? TimeSpan.FromMilliseconds(200) : dueTime, period);
    }
}
