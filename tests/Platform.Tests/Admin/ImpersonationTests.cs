using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Admin;

/// <summary>Operators act as users, for a time, under both names.</summary>
public sealed class ImpersonationTests
{
    private const string Stop = "/api/admin/stop-impersonation";
    private const string Status = "/api/auth/impersonation-status";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task StartAndStop_KeepTheSession_AndSwapItsCredentials(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var user = await app.CreateUserAsync();
        Assert.False((await op.Client.GetAsync(Status, HttpStatusCode.OK)).Body.GetProperty("isImpersonating").GetBoolean());

        var (_, started) = await op.Client.CallAsync(HttpMethod.Post, $"/api/admin/users/{user.Id}", new { action = "impersonate" }, HttpStatusCode.OK);
        Assert.Equal((user.Id.ToString(), user.Email), (started.GetProperty("data").GetProperty("impersonatedUser").Text("id"), started.GetProperty("data").GetProperty("impersonatedUser").Text("email")));
        await op.Client.GetAsync("/api/v1/auth/me", HttpStatusCode.Unauthorized);   // the operator's own token of this session is worthless
        using var acting = app.WithToken(started.GetProperty("data").Text("token"));

        var (_, me) = await acting.GetAsync("/api/v1/auth/me", HttpStatusCode.OK);
        Assert.Equal((user.Username, "user", op.Id.ToString()), (me.Text("username"), me.Text("role"), me.Text("impersonated_by")));
        Assert.Equal(op.Id.ToString(), (await acting.GetAsync("/api/v1/auth/verify-token", HttpStatusCode.OK)).Body.Text("impersonated_by"));
        Assert.Equal(op.Id.ToString(), (await acting.GetAsync("/api/auth/info", HttpStatusCode.OK)).Body.Text("impersonatedBy"));
        await Until.TrueAsync(
            async () => (await user.Client.GetAsync("/api/v1/notifications", HttpStatusCode.OK)).Body.GetProperty("notifications").EnumerateArray().Any(told =>
                (told.Text("notification_type"), told.Text("severity"), told.Text("subject")) == ("security_alert", "urgent", "An operator acts as you")),
            "the user is told");
        var (_, status) = await acting.GetAsync(Status, HttpStatusCode.OK);
        Assert.Equal((true, user.Id.ToString(), op.Id.ToString()), (status.GetProperty("isImpersonating").GetBoolean(), status.GetProperty("impersonatedUser").Text("id"), status.GetProperty("originalAdmin").Text("id")));
        Assert.Null((await user.Client.GetAsync("/api/v1/auth/me", HttpStatusCode.OK)).Body.GetProperty("impersonated_by").GetString());   // his own session goes on

        var (_, stopped) = await acting.CallAsync(HttpMethod.Post, Stop, null, HttpStatusCode.OK);
        await acting.GetAsync("/api/v1/auth/me", HttpStatusCode.Unauthorized);
        using var back = app.WithToken(stopped.GetProperty("data").Text("token"));
        Assert.Equal(("operator", JsonValueKind.Null), (await back.GetAsync("/api/v1/auth/me", HttpStatusCode.OK)).Body is var again ? (again.Text("username"), again.GetProperty("impersonated_by").ValueKind) : default);
        await back.GetAsync("/api/v1/admin/users", HttpStatusCode.OK);
        Assert.Equal("Not currently impersonating", (await back.CallAsync(HttpMethod.Post, Stop, null, HttpStatusCode.BadRequest)).Body.Text("error"));
        await AssertAuditedAsync(app, op.Id, user.Id);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task ManyStartsAtOnce_OneWins(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var (a, b) = (await app.CreateUserAsync(), await app.CreateUserAsync());

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => op.Client.CallAsync(HttpMethod.Post, $"/api/admin/users/{(i % 2 == 0 ? a : b).Id}", new { action = "impersonate" })));

        Assert.Equal(1, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.Equal(1, await app.WithDatabaseAsync(db => db.Impersonations.CountAsync()));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task AfterTheHour_OnlyTheWayBackIsOpen(Db database)
    {
        var clock = new ShiftedClock();
        await using var app = await PlatformApp.StartAsync(database, services => services.AddSingleton<TimeProvider>(clock), settings: ("SystemSettings:SecuritySettings:SessionTimeoutMinutes", "300"));
        var op = await app.OperatorAsync();
        using var acting = await ActAsAsync(app, op, await app.CreateUserAsync());
        clock.Advance(TimeSpan.FromMinutes(59));
        await acting.GetAsync("/api/v1/auth/me", HttpStatusCode.OK);
        clock.Advance(TimeSpan.FromMinutes(1));

        foreach (var path in (string[])["/api/v1/auth/me", "/api/v1/user/executions"])
            await acting.GetAsync(path, HttpStatusCode.Unauthorized);
        Assert.False((await acting.GetAsync(Status, HttpStatusCode.OK)).Body.GetProperty("isImpersonating").GetBoolean());
        var (_, stopped) = await acting.CallAsync(HttpMethod.Post, Stop, null, HttpStatusCode.OK);
        using var back = app.WithToken(stopped.GetProperty("data").Text("token"));
        await back.GetAsync("/api/v1/admin/users", HttpStatusCode.OK);
    }

    [Fact]
    public async Task Start_WhereItMayNot_IsRefused()
    {
        await using var app = await PlatformApp.StartAsync();
        var op = await app.OperatorAsync();
        var (user, banned, inactive) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        var other = await app.CreateOperatorAsync(op);
        await op.Client.CallAsync(HttpMethod.Patch, "/api/admin/users", new { userId = banned.Id, action = "ban", reason = "spam" }, HttpStatusCode.OK);
        await op.Client.CallAsync(HttpMethod.Put, $"/api/v1/admin/users/{inactive.Id}", new { is_active = false }, HttpStatusCode.OK);

        await RefusedAsync(op.Id, HttpStatusCode.BadRequest);
        await RefusedAsync(other.Id, HttpStatusCode.Forbidden);
        await RefusedAsync(banned.Id, HttpStatusCode.BadRequest);
        await RefusedAsync(inactive.Id, HttpStatusCode.BadRequest);
        await RefusedAsync(Guid.CreateVersion7(), HttpStatusCode.NotFound);
        await RefusedAsync(user.Id, HttpStatusCode.NotFound, organizationId: Guid.CreateVersion7());   // not his
        await RefusedAsync(user.Id, HttpStatusCode.BadRequest, action: "dance");
        await user.Client.CallAsync(HttpMethod.Post, $"/api/admin/users/{op.Id}", new { action = "impersonate" }, HttpStatusCode.Forbidden);
        await app.Anonymous.CallAsync(HttpMethod.Post, $"/api/admin/users/{user.Id}", new { action = "impersonate" }, HttpStatusCode.Unauthorized);
        await op.Client.GetAsync("/api/v1/auth/me", HttpStatusCode.OK);   // nothing was handed over

        using var acting = await ActAsAsync(app, op, user);
        await acting.CallAsync(HttpMethod.Post, $"/api/admin/users/{inactive.Id}", new { action = "impersonate" }, HttpStatusCode.Forbidden);   // no chain
        await acting.CallAsync(HttpMethod.Post, $"/api/admin/users/{user.Id}", new { action = "stop-impersonation" }, HttpStatusCode.OK);

        Task RefusedAsync(Guid target, HttpStatusCode expected, Guid? organizationId = null, string action = "impersonate") =>
            op.Client.CallAsync(HttpMethod.Post, $"/api/admin/users/{target}", new { action, organizationId }, expected);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task GivenOrganization_IsWhereItBegins_AndTheOperatorComesBackToHis(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var (user, host) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var (home, foreign) = await app.WithDatabaseAsync(async db =>
        {
            var organization = await db.Organizations.SingleAsync(found => found.PersonalUserId == host.Id);
            db.Add(new Membership { Id = Guid.CreateVersion7(), OrganizationId = organization.Id, UserId = user.Id, Role = OrganizationRole.Viewer, JoinedAt = DateTimeOffset.UtcNow });
            await db.SaveChangesAsync();
            return (await db.Organizations.Where(found => found.PersonalUserId == op.Id).Select(found => found.Id).SingleAsync(), organization.Id);
        });

        using var acting = await ActAsAsync(app, op, user, foreign);
        Assert.Equal(foreign, await PlaceAsync(user.Id));
        await acting.CallAsync(HttpMethod.Post, "/api/v1/execute", new { script = "print(1)" }, HttpStatusCode.Forbidden);   // a viewer there
        await acting.CallAsync(HttpMethod.Post, Stop, null, HttpStatusCode.OK);
        Assert.Equal(home, await PlaceAsync(op.Id));

        Task<Guid> PlaceAsync(Guid userId) => app.WithDatabaseAsync(async db =>
        {
            var session = await db.Impersonations.Select(row => row.SessionId).SingleAsync();
            return await db.Sessions.Where(row => row.Id == session && row.UserId == userId).Select(row => row.ActiveOrganizationId).SingleAsync();
        });
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task OperatorLosesHisRole_TheSessionHeActsWithEnds(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var other = await app.CreateOperatorAsync(op);
        using var acting = await ActAsAsync(app, other, await app.CreateUserAsync());

        await op.Client.CallAsync(HttpMethod.Put, $"/api/admin/users/{other.Id}", new { role = "user" }, HttpStatusCode.OK);

        await acting.GetAsync("/api/v1/auth/me", HttpStatusCode.Unauthorized);
        await acting.CallAsync(HttpMethod.Post, Stop, null, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Cookies_AreReissued_AndCsrfHolds()
    {
        await using var app = await PlatformApp.StartAsync();
        var op = await app.OperatorAsync();
        var user = await app.CreateUserAsync();
        using var browser = app.Client(op.AsBrowser(op.CsrfToken));
        using var start = new HttpRequestMessage(HttpMethod.Post, $"/api/admin/users/{user.Id}") { Content = System.Net.Http.Json.JsonContent.Create(new { action = "impersonate" }) };
        using var answer = await browser.SendAsync(start);
        var cookies = answer.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]).ToDictionary(cookie => cookie.Split('=')[0], cookie => cookie[(cookie.IndexOf('=', StringComparison.Ordinal) + 1)..]);

        var acting = user with { Token = cookies["access_token"], CsrfToken = cookies["csrf_token"] };
        using var without = app.Client(acting.AsBrowser());
        await without.CallAsync(HttpMethod.Post, Stop, null, HttpStatusCode.Forbidden);
        using var with = app.Client(acting.AsBrowser(acting.CsrfToken));
        await with.CallAsync(HttpMethod.Post, Stop, null, HttpStatusCode.OK);
    }

    [Fact]
    public async Task Logout_AfterTheHour_EndsTheSession()
    {
        var clock = new ShiftedClock();
        await using var app = await PlatformApp.StartAsync(configure: services => services.AddSingleton<TimeProvider>(clock), settings: ("SystemSettings:SecuritySettings:SessionTimeoutMinutes", "300"));
        var op = await app.OperatorAsync();
        using var acting = await ActAsAsync(app, op, await app.CreateUserAsync());
        clock.Advance(TimeSpan.FromHours(2));

        await acting.CallAsync(HttpMethod.Post, "/api/v1/auth/logout", null, HttpStatusCode.OK);
        await acting.CallAsync(HttpMethod.Post, Stop, null, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Starts_OverTheLimit_Are429()
    {
        await using var app = await PlatformApp.StartAsync();
        var op = await app.OperatorAsync();
        for (var i = 0; i < 20; i++)
            await op.Client.CallAsync(HttpMethod.Post, $"/api/admin/users/{op.Id}", new { action = "impersonate" }, HttpStatusCode.BadRequest);
        await op.Client.CallAsync(HttpMethod.Post, $"/api/admin/users/{op.Id}", new { action = "impersonate" }, HttpStatusCode.TooManyRequests);
    }

    internal static async Task<HttpClient> ActAsAsync(PlatformApp app, TestUser op, TestUser user, Guid? organizationId = null)
    {
        var (_, started) = await op.Client.CallAsync(HttpMethod.Post, $"/api/admin/users/{user.Id}", new { action = "impersonate", organizationId }, HttpStatusCode.OK);
        return app.WithToken(started.GetProperty("data").Text("token"));
    }

    private static async Task AssertAuditedAsync(PlatformApp app, Guid operatorId, Guid targetId)
    {
        var entries = await app.WithDatabaseAsync(db => db.AuditEntries.Where(entry => entry.Action.StartsWith("impersonation.") && entry.ResourceId == targetId.ToString()).ToListAsync());
        foreach (var action in (string[])["impersonation.start", "impersonation.stop"])
        {
            Assert.Contains(entries, entry => entry.Action == action && entry.ActorId == operatorId && entry.ImpersonatorId is null);
            Assert.Contains(entries, entry => entry.Action == action && entry.ActorId == targetId && entry.ImpersonatorId == operatorId);
        }
        var events = await app.WithDatabaseAsync(db => db.Events.Where(stored => stored.UserId == targetId && stored.EventType.StartsWith("impersonation.")).OrderBy(stored => stored.RowId).Select(stored => stored.EventType).ToListAsync());
        Assert.Equal(["impersonation.started", "impersonation.ended"], events);
    }
}
