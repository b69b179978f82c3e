using System.Net;
using Microsoft.EntityFrameworkCore;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Identity;

/// <summary>Passwords are set with the link of a mail.</summary>
public sealed class PasswordResetTests(AccountMailApp mails) : IClassFixture<AccountMailApp>
{
    private PlatformApp App => mails.App;

    [Theory]
    [InlineData("request-password-reset")]
    [InlineData("forget-password")]
    public async Task Reset_WithTheMailsLink_SetsThePasswordAndEndsAllSessions(string route)
    {
        var user = await App.CreateUserAsync();
        for (var i = 0; i < 5; i++)
            await App.SignInAsync(Face.Executions, user.Email, "wrong");
        Assert.Equal(423, (await App.SignInAsync(Face.Executions, user.Email)).Status);

        Assert.Equal("""{"status":true}""", (await App.Anonymous.CallAsync("POST", $"/api/auth/{route}", new { email = user.Email.ToUpperInvariant() })).Body.ToString());
        var link = (await mails.Mail.WaitForAsync(user.Email)).Link();
        Assert.Equal($"{AccountMailApp.Site}/reset-password", link.GetLeftPart(UriPartial.Path));
        var token = AccountMailApp.TokenOf(link);

        Assert.Equal(400, (await ResetAsync(token, "weak")).Status);
        Assert.Equal(HttpStatusCode.OK, await App.StatusAsync(user.Token));
        Assert.Equal("""{"status":true}""", (await ResetAsync(token)).Body.ToString());
        Assert.Equal(HttpStatusCode.Unauthorized, await App.StatusAsync(user.Token));
        Assert.Equal(200, (await App.SignInAsync(Face.Executions, user.Email, AccountCalls.Strong)).Status);   // the lock is gone too
        Assert.Equal(401, (await App.SignInAsync(Face.Executions, user.Email)).Status);
        Assert.Equal((400, "INVALID_TOKEN"), (await ResetAsync(token)).Brief);
        Assert.True(await App.InDatabaseAsync(db => db.Users.Where(row => row.Id == user.Id).Select(row => row.EmailVerified).SingleAsync()));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Reset_FiftyUsesOfOneTokenAtOnce_SucceedOnce(Db db)
    {
        await using var app = await mails.StartAsync(db);
        var user = await app.CreateUserAsync();
        await RequestAsync(app, user.Email);
        var token = await mails.TokenAsync(user.Email);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => ResetAsync(token, $"{AccountCalls.Strong}{i}", app)));

        var winner = Assert.Single(Enumerable.Range(0, 50), i => answers[i].Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => Assert.Equal((400, "INVALID_TOKEN"), answer.Brief));
        Assert.Equal(200, (await app.SignInAsync(Face.Inference, user.Email, $"{AccountCalls.Strong}{winner}")).Status);
        Assert.Equal(401, (await app.SignInAsync(Face.Inference, user.Email, $"{AccountCalls.Strong}{(winner + 1) % 50}")).Status);
    }

    [Fact]
    public async Task Reset_OldForeignAndMadeUpTokens_AreRefusedAlike()
    {
        var (user, other) = (await App.CreateUserAsync(), await App.CreateUserAsync());
        await RequestAsync(App, user.Email);
        var first = await mails.TokenAsync(user.Email);
        await RequestAsync(App, user.Email);
        var second = await mails.TokenAsync(user.Email, count: 2);
        Assert.Equal(200, (await ResetAsync(second)).Status);
        Assert.Equal((400, "INVALID_TOKEN"), (await ResetAsync(first)).Brief);   // one use voids them all
        Assert.Equal((400, "INVALID_TOKEN"), (await ResetAsync("made-up")).Brief);
        Assert.Equal((400, "INVALID_TOKEN"), (await App.Anonymous.CallAsync("GET", $"/api/auth/verify-email?token={first}")).Brief);

        await RequestAsync(App, other.Email);
        var toFormer = await mails.TokenAsync(other.Email);
        Assert.Equal(200, (await other.Client.CallAsync("PUT", "/auth/me", new { email = $"new-{other.Email}" })).Status);
        Assert.Equal((400, "INVALID_TOKEN"), (await ResetAsync(toFormer)).Brief);   // the address is another now
    }

    [Fact]
    public async Task Reset_AfterAnHour_IsTooLate()
    {
        var user = await App.CreateUserAsync();
        await RequestAsync(App, user.Email);
        var token = await mails.TokenAsync(user.Email);
        mails.Clock.Advance(TimeSpan.FromMinutes(61));

        Assert.Equal((400, "INVALID_TOKEN"), (await ResetAsync(token)).Brief);
    }

    [Fact]
    public async Task Request_UnknownAddress_IsAnsweredAlikeDoesAsMuchAndSendsNothing()
    {
        var user = await App.CreateUserAsync();
        var before = await App.InDatabaseAsync(db => db.AuditEntries.CountAsync(entry => entry.Action == "auth.request_password_reset"));
        var (unknown, known) = (await RequestAsync(App, $"no-{user.Email}"), await RequestAsync(App, user.Email));
        await mails.Mail.WaitForAsync(user.Email);

        Assert.Equal((known.Status, known.Body.ToString()), (unknown.Status, unknown.Body.ToString()));
        Assert.Equal(before + 2, await App.InDatabaseAsync(db => db.AuditEntries.CountAsync(entry => entry.Action == "auth.request_password_reset" && entry.ResourceId == null)));
        Assert.Empty(mails.Mail.To($"no-{user.Email}"));
    }

    [Theory]
    [InlineData("https://evil.example/reset", 400)]
    [InlineData("//evil.example/reset", 400)]
    [InlineData("/\\evil.example", 400)]
    [InlineData("javascript:alert(1)", 400)]
    [InlineData("/wel\r\ncome", 400)]
    [InlineData("/wëlcome", 400)]
    [InlineData("https://platform.example.evil.example/", 400)]
    [InlineData("https://user@platform.example/", 400)]
    [InlineData("https://platform.example:444/", 400)]
    [InlineData("/welcome?a=b#c", 200)]
    [InlineData("https://platform.example/welcome", 200)]
    public async Task Request_GoingOnElsewhere_IsRefused(string redirectTo, int status)
    {
        var user = await App.CreateUserAsync();
        var answer = await App.Anonymous.CallAsync("POST", "/api/auth/request-password-reset", new { email = user.Email, redirectTo });

        Assert.Equal(status, answer.Status);
        if (status == 200)
        {
            var link = (await mails.Mail.WaitForAsync(user.Email)).Link();
            Assert.Equal($"{AccountMailApp.Site}/welcome", link.GetLeftPart(UriPartial.Path));
            Assert.Equal(200, (await ResetAsync(AccountMailApp.TokenOf(link))).Status);
        }
    }

    [Fact]
    public async Task Request_WithAForgedHost_SendsThePublicAddress()
    {
        var user = await App.CreateUserAsync();
        using var client = App.Client(headers => headers.Host = "evil.example");
        Assert.Equal(200, (await client.CallAsync("POST", "/api/auth/request-password-reset", new { email = user.Email })).Status);

        Assert.DoesNotContain("evil.example", (await mails.Mail.WaitForAsync(user.Email)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_TooOften_IsLimitedPerMailboxAndPerAddress()
    {
        await using var app = await PlatformApp.StartAsync(
            settings: [.. mails.Mail.Settings, ("Platform:PublicUrl", AccountMailApp.Site), ("Platform:TrustedProxies:0", "127.0.0.1"), ("Platform:TrustedProxies:1", "::1")]);
        for (var i = 0; i < 3; i++)
            Assert.Equal(200, (await RequestAsync(app, "nobody@example.com")).Status);

        using var elsewhere = app.Client(headers => headers.Add("X-Forwarded-For", "203.0.113.7"));
        var byMailbox = await elsewhere.CallAsync("POST", "/api/auth/request-password-reset", new { email = "NOBODY@example.com" });
        var byAddress = await app.Anonymous.CallAsync("POST", "/api/auth/forget-password", new { email = "somebody-else@example.com" });   // another route, the same limit
        Assert.Equal(200, (await elsewhere.CallAsync("POST", "/api/auth/forget-password", new { email = "somebody-else@example.com" })).Status);
        Assert.Equal([429, 429], [byMailbox.Status, byAddress.Status]);
        Assert.NotNull(byMailbox.Http.Headers.RetryAfter);
        Assert.Equal(200, (await app.Anonymous.CallAsync("POST", "/api/auth/send-verification-email", new { email = "nobody@example.com" })).Status);
    }

    [Fact]
    public async Task Request_WithoutMailServer_Is503()
    {
        await using var app = await PlatformApp.StartAsync();
        var user = await app.CreateUserAsync();
        foreach (var email in (string[])[user.Email, "nobody@example.com"])
        {
            Assert.Equal(503, (await RequestAsync(app, email)).Status);
            Assert.Equal(503, (await app.Anonymous.CallAsync("POST", "/api/auth/send-verification-email", new { email })).Status);
        }
    }

    [Fact]
    public async Task Token_IsNowhereButInTheMail()
    {
        var user = await App.CreateUserAsync();
        await RequestAsync(App, user.Email);
        var token = await mails.TokenAsync(user.Email);
        await ResetAsync(token);

        var dump = await App.InDatabaseAsync(async db => string.Join('\n', await db.Events.Select(raised => raised.Payload + raised.Metadata).ToListAsync())
            + string.Join('\n', await db.AuditEntries.Select(entry => entry.Changes + entry.Metadata + entry.ResourceName).ToListAsync())
            + string.Join('\n', await db.EmailTokens.Select(row => row.Hash).ToListAsync()));
        Assert.DoesNotContain(token, dump, StringComparison.Ordinal);
        Assert.DoesNotContain(AccountCalls.Strong, dump, StringComparison.Ordinal);
        Assert.Contains(EmailToken.HashOf(token), dump, StringComparison.Ordinal);
    }

    private static Task<Answered> RequestAsync(PlatformApp app, string email) => app.Anonymous.CallAsync("POST", "/api/auth/request-password-reset", new { email });

    private Task<Answered> ResetAsync(string token, string newPassword = AccountCalls.Strong, PlatformApp? app = null) =>
        (app ?? App).Anonymous.CallAsync("POST", "/api/auth/reset-password", new { newPassword, token });
}
