using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Moq;

using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity;

public sealed class SignInTests(ProbeApp probes) : IClassFixture<ProbeApp>
{
    [Fact]
    public async Task Login_ByNameOrEmailInAnyCase_OpensASession()
    {
        await using var app = await PlatformApp.StartAsync();
        var user = await app.CreateUserAsync("Marie");
        foreach (var login in new[] { "marie", "MARIE", user.Email.ToUpperInvariant() })
        {
            var answer = await LoginAsync(app, login, PlatformApp.Password);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var cookies = answer.Headers.GetValues("Set-Cookie").ToList();
            Assert.Contains(cookies, cookie => cookie.StartsWith("access_token=", StringComparison.Ordinal) && cookie.Contains("httponly", StringComparison.Ordinal) && cookie.Contains("max-age=3600", StringComparison.Ordinal));
            Assert.Contains(cookies, cookie => cookie.StartsWith("csrf_token=", StringComparison.Ordinal) && !cookie.Contains("httponly", StringComparison.Ordinal) && cookie.Contains("samesite=lax", StringComparison.Ordinal));
            Assert.All(cookies, cookie => Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase));   // plain http from this machine, not production
        }
    }

    [Fact]
    public async Task Login_InProduction_SetsSecureCookies()
    {
        await using var app = await PlatformApp.StartAsync(settings: ("Platform:Environment", "production"));
        await app.CreateUserAsync("Marie");
        var answer = await LoginAsync(app, "marie", PlatformApp.Password);
        Assert.All(answer.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("secure", cookie, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("application/json", """{"username":"a","password":"b"}""")]
    [InlineData("application/x-www-form-urlencoded", "username=a")]
    [InlineData("application/x-www-form-urlencoded", "username=a&password=b&grant_type=other")]
    [InlineData("application/x-www-form-urlencoded", "username=a%00&password=b")]
    [InlineData("application/x-www-form-urlencoded", "")]
    public async Task Login_BadForm_Is422(string contentType, string body)
    {
        using var content = new StringContent(body);
        content.Headers.ContentType = new(contentType);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await probes.App.Anonymous.PostAsync("/api/v1/auth/login", content)).StatusCode);
    }

    [Theory]
    [InlineData(Db.Sqlite, "known")]
    [InlineData(Db.Sqlite, "unknown")]
    [InlineData(Db.Postgres, "known")]
    public async Task Login_TooManyFailures_LocksUntilTheEnd(Db db, string login)
    {
        var clock = new ShiftedClock();
        await using var app = await PlatformApp.StartAsync(db, configure: services => services.AddSingleton<TimeProvider>(clock));
        await app.CreateUserAsync("known");

        for (var i = 1; i < 5; i++)
            await AssertAsync(401, "Invalid credentials", await LoginAsync(app, login, "wrong"));
        for (var i = 0; i < 2; i++)
        {
            var locked = await LoginAsync(app, login, "wrong");
            await AssertAsync(423, "Account locked due to too many failed attempts", locked);
            Assert.Equal(TimeSpan.FromMinutes(15), locked.Headers.RetryAfter!.Delta);
        }
        clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(HttpStatusCode.Locked, (await LoginAsync(app, login, PlatformApp.Password)).StatusCode);   // right, and it prolongs the lock
        clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(HttpStatusCode.Locked, (await LoginAsync(app, login, PlatformApp.Password)).StatusCode);
        clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(login == "known" ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, (await LoginAsync(app, login, PlatformApp.Password)).StatusCode);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Login_ParallelGuesses_DoNotSlipUnderTheLimit(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db);
        await app.CreateUserAsync("known");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => LoginAsync(app, "known", "wrong")));
        Assert.Equal(4, answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized));
        Assert.Equal(16, answers.Count(answer => answer.StatusCode == HttpStatusCode.Locked));
    }

    [Fact]
    public async Task Login_Success_ForgetsFailures()
    {
        await using var app = await PlatformApp.StartAsync();
        await app.CreateUserAsync("known");
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 3; i++)
                Assert.Equal(HttpStatusCode.Unauthorized, (await LoginAsync(app, "known", "wrong")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await LoginAsync(app, "known", PlatformApp.Password)).StatusCode);
        }
    }

    [Fact]
    public async Task Login_ManyAccountsFromOneAddress_LocksTheAddress()
    {
        await using var app = await PlatformApp.StartAsync();
        for (var i = 0; i < 30; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await LoginAsync(app, $"nobody{i}", "wrong")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await LoginAsync(app, "nobody31", "wrong")).StatusCode);
    }

    [Fact]
    public async Task Login_UnknownUser_CostsTheSameHashAsAWrongPassword()
    {
        var hasher = new Mock<IPasswordHasher<User>>();
        var real = new PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = 1000 }));
        var verified = new List<string>();
        hasher.Setup(h => h.HashPassword(It.IsAny<User>(), It.IsAny<string>())).Returns(real.HashPassword);
        hasher.Setup(h => h.VerifyHashedPassword(It.IsAny<User>(), Capture.In(verified), It.IsAny<string>())).Returns(real.VerifyHashedPassword);
        await using var app = await PlatformApp.StartAsync(configure: services => services.AddSingleton(hasher.Object));
        await app.CreateUserAsync("known");
        verified.Clear();

        Assert.Equal(HttpStatusCode.Unauthorized, (await LoginAsync(app, "known", "wrong")).StatusCode);
        var known = Assert.Single(verified);
        Assert.Equal(HttpStatusCode.Unauthorized, (await LoginAsync(app, "nobody", "wrong")).StatusCode);
        Assert.Equal(2, verified.Count);
        Assert.Equal(CostOf(known), CostOf(verified[1]));

        // Format, function, iterations and length of the salt stand before the salt (PasswordHasher, version 3).
        static string CostOf(string hash) => Convert.ToHexString(Convert.FromBase64String(hash).AsSpan(0, 13));
    }

    [Fact]
    public async Task Session_PastHalfItsLife_IsRenewedByCookieUntilTheAbsoluteEnd()
    {
        var clock = new ShiftedClock();
        await using var app = await PlatformApp.StartAsync(configure: services => services.AddSingleton<TimeProvider>(clock));
        var user = await app.CreateUserAsync();
        Assert.False((await MeAsync(user.Token)).Headers.Contains("Set-Cookie"));

        var token = user.Token;
        for (var hours = 0.0; hours < 7 * 24 - 1; hours += 0.75)
        {
            clock.Advance(TimeSpan.FromMinutes(45));
            var answer = await MeAsync(token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            token = answer.Headers.GetValues("Set-Cookie").First(cookie => cookie.StartsWith("access_token=", StringComparison.Ordinal))["access_token=".Length..].Split(';')[0];
        }
        Assert.Equal(HttpStatusCode.Unauthorized, (await MeAsync(user.Token)).StatusCode);   // the first token ended after an hour
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(HttpStatusCode.Unauthorized, (await MeAsync(token)).StatusCode);

        async Task<HttpResponseMessage> MeAsync(string with)
        {
            using var client = app.Client(headers => headers.Add("Cookie", $"access_token={with}; csrf_token={user.CsrfToken}"));
            return await client.GetAsync("/api/v1/auth/me");
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task SignIn_LeavesEventsAndAuditEntries(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var user = await app.CreateUserAsync();
        await LoginAsync(app, user.Username, "wrong");
        await user.Client.PostAsync("/api/v1/auth/logout", null);

        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var events = await db.Events.OrderBy(raised => raised.RowId).Select(raised => new { raised.EventType, raised.UserId }).ToListAsync();
        Assert.Equal(["user_registered", "user_logged_in", "user_logged_out"], events.Where(raised => raised.UserId == user.Id).Select(raised => raised.EventType));
        Assert.Contains(events, raised => raised.EventType == "auth_failed" && raised.UserId is null);

        var entries = await db.AuditEntries.OrderBy(entry => entry.Timestamp).Select(entry => new { entry.Action, entry.Outcome }).ToListAsync();
        Assert.Equal(
            [("auth.register", AuditOutcome.Success), ("auth.login", AuditOutcome.Success), ("auth.login", AuditOutcome.Denied), ("auth.logout", AuditOutcome.Success)],
            entries.Select(entry => (entry.Action, entry.Outcome)));
        var dump = JsonSerializer.Serialize(await db.AuditEntries.ToListAsync()) + JsonSerializer.Serialize(await db.Events.Select(raised => raised.Payload + raised.Metadata).ToListAsync());
        Assert.DoesNotContain(PlatformApp.Password, dump, StringComparison.Ordinal);
        Assert.DoesNotContain(user.Token, dump, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_KeepsSessions()
    {
        var directory = Directory.CreateTempSubdirectory("platform-restart-").FullName;
        string token;
        await using (var first = await PlatformApp.StartAsync(dataDirectory: directory))
            token = (await first.CreateUserAsync()).Token;
        await using (var second = await PlatformApp.StartAsync(dataDirectory: directory))
        {
            using var client = second.Client(headers => headers.Authorization = new("Bearer", token));
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/auth/me")).StatusCode);
        }
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Logout_ActsOnOtherNodesWithinTwoSeconds()
    {
        await using var first = await PlatformApp.StartAsync(Db.Postgres, settings: ("Secrets:MasterKey", MasterKey));
        var connection = first.Services.GetRequiredService<DatabaseSettings>().ConnectionString;
        await using var second = await PlatformApp.StartAsync(Db.Postgres, connectionString: connection, settings: ("Secrets:MasterKey", MasterKey));
        var user = await first.CreateUserAsync();
        using var there = second.Client(headers => headers.Authorization = new("Bearer", user.Token));
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/api/v1/auth/me")).StatusCode);

        await user.Client.PostAsync("/api/v1/auth/logout", null);
        var since = Stopwatch.StartNew();
        await Until.TrueAsync(async () => (await there.GetAsync("/api/v1/auth/verify-token")).StatusCode == HttpStatusCode.Unauthorized, "the other node notices");
        Assert.InRange(since.Elapsed.TotalSeconds, 0, 2.5);
    }

    private const string MasterKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    private static async Task<HttpResponseMessage> LoginAsync(PlatformApp app, string login, string password)
    {
        using var form = PlatformApp.LoginForm(login, password);
        return await app.Anonymous.PostAsync("/api/v1/auth/login", form);
    }

    private static async Task AssertAsync(int status, string detail, HttpResponseMessage answer)
    {
        Assert.Equal(detail, (await answer.JsonAsync()).Text("detail"));
        Assert.Equal(status, (int)answer.StatusCode);
    }
}
