using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Moq;
using Platform.Audit;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity;

/// <summary>One store of users, sessions and failures behind all sign-in faces.</summary>
public sealed class FacesTests(ProbeApp probes) : IClassFixture<ProbeApp>
{
    private PlatformApp App => probes.App;

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task SignUp_InOneFace_SignsInThroughAllOthers(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db);
        var user = await app.CreateUserAsync("Marie");
        var signedUp = await app.SignUpAsync("Ada@Example.com");
        Assert.Equal(200, signedUp.Status);

        foreach (var face in AccountCalls.Faces)
        {
            foreach (var login in (string[])["marie", user.Email.ToUpperInvariant(), "ada@example.com", " ADA@example.com "])
            {
                var opened = await app.SignInAsync(face, login);
                Assert.Equal(200, opened.Status);
                Assert.Equal(2, opened.Http.Headers.GetValues("Set-Cookie").Count());
                Assert.Equal(HttpStatusCode.OK, await app.StatusAsync(opened.TokenOf()));
            }
        }
    }

    [Theory]
    [InlineData(Face.Executions, 401, "Invalid credentials")]
    [InlineData(Face.Checks, 401, "INVALID_EMAIL_OR_PASSWORD")]
    [InlineData(Face.Inference, 401, "invalid_credentials")]
    public async Task SignIn_UnknownOrWrong_IsAnsweredAlike(Face face, int status, string word)
    {
        var user = await App.CreateUserAsync();
        var (wrong, unknown) = (await App.SignInAsync(face, user.Email, "wrong"), await App.SignInAsync(face, $"no-{user.Email}", "wrong"));

        Assert.Equal((status, word), wrong.Brief);
        Assert.Equal(wrong.Body.ToString(), unknown.Body.ToString());
    }

    [Fact]
    public async Task SignIn_UnknownUser_CostsTheSameHashInEveryFace()
    {
        var hasher = new Mock<IPasswordHasher<User>>();
        var real = new PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = 1000 }));
        var (verified, hashed) = (new List<string>(), 0);
        hasher.Setup(h => h.HashPassword(It.IsAny<User>(), It.IsAny<string>())).Returns((User user, string password) => (++hashed, real.HashPassword(user, password)).Item2);
        hasher.Setup(h => h.VerifyHashedPassword(It.IsAny<User>(), Capture.In(verified), It.IsAny<string>())).Returns(real.VerifyHashedPassword);
        await using var app = await PlatformApp.StartAsync(
            configure: services => services.AddSingleton(hasher.Object), settings: ("SystemSettings:SecuritySettings:MaxLoginAttempts", "10"));
        var user = await app.CreateUserAsync("known");
        var banned = await app.CreateUserAsync("banned");
        await app.ChangeUserAsync(banned.Id, found => found.SetActive(false, DateTimeOffset.UtcNow));
        await app.SignInAsync(Face.Checks, "nobody", "wrong");   // the hash of nobody is made at the first use
        hashed = 0;

        foreach (var face in AccountCalls.Faces)
        {
            foreach (var (login, password) in ((string, string)[])[("known", "wrong"), ("nobody", "wrong"), (banned.Email, "wrong"), (banned.Email, PlatformApp.Password)])
            {
                verified.Clear();
                Assert.NotEqual(200, (await app.SignInAsync(face, login, password)).Status);
                Assert.Equal(CostOf(real.HashPassword(null!, "x")), CostOf(Assert.Single(verified)));
            }
        }
        Assert.Equal(0, hashed);

        // Format, function, iterations and length of the salt stand before the salt (PasswordHasher, version 3).
        static string CostOf(string hash) => Convert.ToHexString(Convert.FromBase64String(hash).AsSpan(0, 13));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task SignIn_HundredGuessesInAllFacesAtOnce_LockOnce(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db);
        await app.CreateUserAsync("known");

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => app.SignInAsync(AccountCalls.Faces[i % 3], "known", "wrong")));

        Assert.Equal(4, answers.Count(answer => answer.Status == 401));
        Assert.Equal(96, answers.Count(answer => answer.Status is 423 or 429));
        Assert.All(answers.Where(answer => answer.Status is 423 or 429), answer => Assert.InRange(answer.Http.Headers.RetryAfter!.Delta!.Value.TotalMinutes, 14, 15));
        Assert.Equal(5, await app.InDatabaseAsync(rows => rows.SignInThrottles.Where(row => row.Key.StartsWith("user:")).Select(row => row.Failures).SingleAsync()));
        var right = await Task.WhenAll(AccountCalls.Faces.Select(async face => (await app.SignInAsync(face, "known")).Status));
        Assert.Equal([423, 429, 429], right);
    }

    [Theory]
    [InlineData(Face.Executions, 401, "Invalid credentials")]
    [InlineData(Face.Checks, 403, "ACCOUNT_DISABLED")]
    [InlineData(Face.Inference, 403, "account_disabled")]
    public async Task SignIn_InactiveUser_IsToldAfterTheRightPasswordOnly(Face face, int status, string word)
    {
        var user = await App.CreateUserAsync();
        await App.ChangeUserAsync(user.Id, found => found.SetActive(false, DateTimeOffset.UtcNow));

        Assert.Equal(401, (await App.SignInAsync(face, user.Email, "wrong")).Status);
        Assert.Equal((status, word), (await App.SignInAsync(face, user.Email)).Brief);
        Assert.Equal(HttpStatusCode.Unauthorized, await App.StatusAsync(user.Token));
    }

    [Fact]
    public async Task SignIn_InFacesOfBrowsers_LeavesTheSameEntriesAndNoSecrets()
    {
        var user = await App.CreateUserAsync();
        var tokens = new List<string>();
        foreach (var face in AccountCalls.Faces)
        {
            await App.SignInAsync(face, user.Email, "Wrong-Passw0rd-7");
            tokens.Add((await App.SignInAsync(face, user.Email)).TokenOf());
        }

        Assert.Equal(4, await App.InDatabaseAsync(db => db.AuditEntries.CountAsync(entry => entry.Action == "auth.login" && entry.ResourceId == user.Id.ToString() && entry.Outcome == AuditOutcome.Success)));
        var dump = await App.InDatabaseAsync(async db => string.Join('\n', await db.Events.Select(raised => raised.Payload + raised.Metadata).ToListAsync())
            + string.Join('\n', await db.AuditEntries.Select(entry => entry.Changes + entry.Metadata + entry.Reason + entry.ResourceName).ToListAsync()));
        Assert.All(["Wrong-Passw0rd-7", PlatformApp.Password, .. tokens], secret => Assert.DoesNotContain(secret, dump, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Face.Executions, 422)]
    [InlineData(Face.Checks, 400)]
    [InlineData(Face.Inference, 400)]
    public async Task SignIn_BlankField_IsRefused(Face face, int status)
    {
        Assert.Equal(status, (await App.SignInAsync(face, "", "password")).Status);
        Assert.Equal(status, (await App.SignInAsync(face, "somebody", "")).Status);
    }

    [Fact]
    public async Task InferenceLogin_Good_HasTheContractsFields()
    {
        var user = await App.CreateUserAsync();
        var body = (await App.SignInAsync(Face.Inference, user.Username)).Body;

        Assert.Equal(
            ["access_token", "csrf_token", "email", "expires_in", "first_name", "last_name", "role", "token_type", "user_id"],
            body.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
        Assert.Equal((user.Id, user.Email, "user", "Bearer", 3600), (body.GetProperty("user_id").GetGuid(), body.Text("email"), body.Text("role"), body.Text("token_type"), body.GetProperty("expires_in").GetInt32()));
    }

    [Theory]
    [InlineData("/auth/logout", """{"status":"ok"}""")]
    [InlineData("/api/auth/sign-out", """{"success":true}""")]
    public async Task SignOut_WithGoodBadAndNoSession_EndsItAndClearsCookies(string path, string body)
    {
        var user = await App.CreateUserAsync();
        using var bad = App.Bearer("nonsense");
        using var browser = App.Client(user.AsBrowser());

        foreach (var client in (HttpClient[])[App.Anonymous, bad, browser])
        {
            var answer = await client.CallAsync("POST", path);
            Assert.Equal((200, body), (answer.Status, answer.Body.ToString()));
            Assert.All(answer.Http.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("expires=Thu, 01 Jan 1970", cookie, StringComparison.Ordinal));
        }
        Assert.Equal(HttpStatusCode.Unauthorized, await App.StatusAsync(user.Token));
    }
}
