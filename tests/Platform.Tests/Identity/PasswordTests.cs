using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Notifications;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity;

/// <summary>Passwords are changed with the current one.</summary>
public sealed class PasswordTests(ProbeApp probes) : IClassFixture<ProbeApp>
{
    private PlatformApp App => probes.App;

    [Theory]
    [InlineData(Face.Checks, Db.Sqlite)]
    [InlineData(Face.Checks, Db.Postgres)]
    [InlineData(Face.Inference, Db.Sqlite)]
    [InlineData(Face.Inference, Db.Postgres)]
    public async Task Change_Good_RenewsTheSessionAndEndsTheOthers(Face face, Db db)
    {
        await using var app = await PlatformApp.StartAsync(db);
        var user = await app.CreateUserAsync();
        var other = (await app.SignInAsync(Face.Inference, user.Email)).TokenOf();

        var changed = await ChangeAsync(user.Client, face, PlatformApp.Password, AccountCalls.Strong);

        Assert.Equal(200, changed.Status);
        Assert.Equal(face == Face.Checks ? "True" : "ok", changed.Body.GetProperty("status").ToString());
        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.OK], [await app.StatusAsync(other), await app.StatusAsync(user.Token), await app.StatusAsync(changed.TokenOf())]);
        Assert.Equal(401, (await app.SignInAsync(Face.Executions, user.Email)).Status);
        Assert.Equal(200, (await app.SignInAsync(Face.Executions, user.Email, AccountCalls.Strong)).Status);
        var cookies = changed.Http.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]).ToList();
        var csrf = cookies.Single(cookie => cookie.StartsWith("csrf_token=", StringComparison.Ordinal))["csrf_token=".Length..];
        using var browser = app.Client(headers =>
        {
            headers.Add("Cookie", string.Join("; ", cookies));
            headers.Add("X-CSRF-Token", csrf);
        });
        Assert.Equal(200, (await browser.CallAsync("POST", "/api/auth/revoke-other-sessions")).Status);
        using var old = app.Client(headers =>
        {
            headers.Add("Cookie", $"{cookies.Single(cookie => cookie.StartsWith("access_token=", StringComparison.Ordinal))}; csrf_token={user.CsrfToken}");
            headers.Add("X-CSRF-Token", user.CsrfToken);
        });
        Assert.Equal(403, (await old.CallAsync("POST", "/api/auth/revoke-other-sessions")).Status);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Change_Good_TellsTheUserInTheApp(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var user = await app.CreateUserAsync();
        Assert.Equal(200, (await user.Client.CallAsync("POST", "/api/auth/update-user", new { name = "Ada" })).Status);   // nothing to be warned of
        await ChangeAsync(user.Client, Face.Checks, PlatformApp.Password, AccountCalls.Strong);

        await Until.TrueAsync(() => app.InDatabaseAsync(db => db.Notifications.AnyAsync(told => told.UserId == user.Id)), "the user is told");
        var told = await app.InDatabaseAsync(db => db.Notifications.SingleAsync(row => row.UserId == user.Id));
        Assert.Equal((NotificationType.SecurityAlert, "Your password was changed"), (told.Type, told.Subject));
    }

    [Fact]
    public async Task Change_KeepingOtherSessions_KeepsThem()
    {
        var user = await App.CreateUserAsync();
        var other = (await App.SignInAsync(Face.Checks, user.Email)).TokenOf();

        var changed = await user.Client.CallAsync("POST", "/api/auth/change-password", new { currentPassword = PlatformApp.Password, newPassword = AccountCalls.Strong, revokeOtherSessions = false });

        Assert.Equal(200, changed.Status);
        Assert.Equal(HttpStatusCode.OK, await App.StatusAsync(other));
    }

    [Theory]
    [InlineData(Face.Checks, 400, "INVALID_PASSWORD")]
    [InlineData(Face.Inference, 400, "invalid_current_password")]
    public async Task Change_WrongCurrentPassword_CountsForTheLockout(Face face, int status, string word)
    {
        var user = await App.CreateUserAsync();
        for (var i = 1; i < 5; i++)
            Assert.Equal((status, word), (await ChangeAsync(user.Client, face, "wrong", AccountCalls.Strong)).Brief);
        var locked = await ChangeAsync(user.Client, face, "wrong", AccountCalls.Strong);

        Assert.Equal(429, locked.Status);
        Assert.NotNull(locked.Http.Headers.RetryAfter);
        Assert.Equal(429, (await ChangeAsync(user.Client, face, PlatformApp.Password, AccountCalls.Strong)).Status);
        Assert.Equal(423, (await App.SignInAsync(Face.Executions, user.Email)).Status);
    }

    [Theory]
    [InlineData("Sh0rt", "String should have at least 8 characters", "password_too_short")]
    [InlineData("alllower1", null, "password_too_weak")]
    [InlineData("ALLUPPER1", null, "password_too_weak")]
    [InlineData("NoDigitsAtAll", null, "password_too_weak")]
    public async Task Policy_IsTheSameOnEveryRoute(string password, string? text, string message)
    {
        var user = await App.CreateUserAsync();
        var checks = await ChangeAsync(user.Client, Face.Checks, PlatformApp.Password, password);
        var inference = await ChangeAsync(user.Client, Face.Inference, PlatformApp.Password, password);
        var registered = await App.Anonymous.PostAsJsonAsync("/api/v1/auth/register", new { username = "weak", email = "weak@example.com", password });

        Assert.Equal(400, checks.Status);
        Assert.True(text is null || checks.Word == text, checks.Word);
        Assert.Equal((400, "invalid_request", message), (inference.Status, inference.Word, inference.Body.Text("message")));
        Assert.Equal(400, (await App.SignUpAsync("weak@example.com", password)).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, registered.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await App.StatusAsync(user.Token));
    }

    [Fact]
    public async Task Policy_LongAndPersonalPasswords_AreRefused()
    {
        var user = await App.CreateUserAsync("Passw0rd-Owner");
        foreach (var password in (string[])[new string('a', 127) + "A1", "Passw0rd-OWNER", "PASSw0rd-owner@example.com"])
            Assert.Equal((400, "password_too_weak"), await MessageAsync(password));
        Assert.Equal(400, (await ChangeAsync(user.Client, Face.Inference, PlatformApp.Password, PlatformApp.Password)).Status);
        Assert.Equal("password_unchanged", (await ChangeAsync(user.Client, Face.Inference, PlatformApp.Password, PlatformApp.Password)).Word);

        async Task<(int, string)> MessageAsync(string password)
        {
            var answer = await ChangeAsync(user.Client, Face.Inference, PlatformApp.Password, password);
            return (answer.Status, answer.Body.Text("message"));
        }
    }

    [Fact]
    public async Task Policy_MinimumOfTheSettings_HoldsInEveryFace()
    {
        await using var app = await PlatformApp.StartAsync(settings: ("SystemSettings:SecuritySettings:PasswordMinLength", "10"));
        Assert.Equal(400, (await app.SignUpAsync("ada@example.com", "Passw0rd9")).Status);
        Assert.Equal(200, (await app.SignUpAsync("ada@example.com", "Passw0rd-10")).Status);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Change_ManyAtOnce_OneWins(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db);
        var user = await app.CreateUserAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => ChangeAsync(user.Client, Face.Checks, PlatformApp.Password, $"{AccountCalls.Strong}{i}")));

        var winner = Assert.Single(Enumerable.Range(0, 4), i => answers[i].Status == 200);
        Assert.Equal(200, (await app.SignInAsync(Face.Checks, user.Email, $"{AccountCalls.Strong}{winner}")).Status);
    }

    private static Task<Answered> ChangeAsync(HttpClient client, Face face, string from, string to) => face == Face.Checks
        ? client.CallAsync("POST", "/api/auth/change-password", new { currentPassword = from, newPassword = to })
        : client.CallAsync("PUT", "/auth/me/password", new { current_password = from, new_password = to });
}
