using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Admin;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Admin;

/// <summary>Users as the checks family administers them.</summary>
public sealed class ChecksUserTests
{
    private const string Users = "/api/admin/users";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_ListAndRead_ShowTheSameUser(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var (_, made) = await op.Client.CallAsync(HttpMethod.Post, Users, new { name = "Ada Byron", email = "ada@example.com", password = "Passw0rd-9" }, HttpStatusCode.Created);
        var user = made.GetProperty("data");

        Assert.Equal(("Ada Byron", "ada@example.com", true, "org_owner", false), (user.Text("name"), user.Text("email"), user.GetProperty("emailVerified").GetBoolean(), user.Text("role"), user.GetProperty("banned").GetBoolean()));
        Assert.Equal(("Ada Byron", "org_owner"), (Assert.Single(user.GetProperty("organizations").EnumerateArray()) is var place ? (place.Text("organizationName"), place.Text("role")) : default));
        var (_, second) = await op.Client.CallAsync(HttpMethod.Post, Users, new { name = "Ada Two", email = "ada@example.org", password = "Passw0rd-9", role = "admin" }, HttpStatusCode.Created);
        Assert.Equal("super_admin", second.GetProperty("data").Text("role"));
        Assert.Equal(["ada", "ada-2"], await app.WithDatabaseAsync(db => db.Users.Where(found => found.UsernameKey.StartsWith("ada")).OrderBy(found => found.CreatedAt).Select(found => found.Username).ToListAsync()));

        var (_, list) = await op.Client.GetAsync($"{Users}?search=ADA&limit=1", HttpStatusCode.OK);
        Assert.Equal("Ada Two", Assert.Single(list.GetProperty("data").EnumerateArray()).Text("name"));
        Assert.Equal("""{"limit":1,"offset":0,"hasMore":true,"total":2}""", list.GetProperty("pagination").GetRawText());
        Assert.Equal("""{"limit":50,"offset":0,"hasMore":false,"total":3}""", (await op.Client.GetAsync($"{Users}?limit=x&offset=-4", HttpStatusCode.OK)).Body.GetProperty("pagination").GetRawText());
        Assert.Equal(user.GetRawText(), (await op.Client.GetAsync($"{Users}/{user.Text("id")}", HttpStatusCode.OK)).Body.GetProperty("data").GetRawText());
        Assert.Equal(HttpStatusCode.OK, await app.SignInAsync("ada@example.com", "Passw0rd-9"));
    }

    [Fact]
    public async Task Refusals_HaveTheFamilysStatus()
    {
        await using var app = await PlatformApp.StartAsync();
        var op = await app.OperatorAsync();
        var user = await app.CreateUserAsync();
        await op.Client.CallAsync(HttpMethod.Post, Users, new { name = "Ada Byron", email = "a@example.com" }, HttpStatusCode.BadRequest);
        await op.Client.CallAsync(HttpMethod.Post, Users, new { name = "Ada Byron", email = "a@example.com", password = "weakweak" }, HttpStatusCode.BadRequest);
        await op.Client.CallAsync(HttpMethod.Post, Users, new { name = "Ada Byron", email = user.Email, password = "Passw0rd-9" }, HttpStatusCode.Conflict);
        await op.Client.CallAsync(HttpMethod.Put, $"{Users}/{user.Id}", new { email = "operator@example.com" }, HttpStatusCode.Conflict);
        await op.Client.CallAsync(HttpMethod.Put, $"{Users}/{user.Id}", new { role = "super_admin" }, HttpStatusCode.BadRequest);
        await op.Client.CallAsync(HttpMethod.Put, $"{Users}/{user.Id}", new { name = "x" }, HttpStatusCode.BadRequest);
        foreach (var id in (string[])["no-id", Guid.CreateVersion7().ToString()])
        {
            await op.Client.GetAsync($"{Users}/{id}", HttpStatusCode.NotFound);
            await op.Client.GetAsync($"{Users}/{id}/organizations", HttpStatusCode.NotFound);
            await op.Client.CallAsync(HttpMethod.Put, $"{Users}/{id}", new { name = "x" }, HttpStatusCode.NotFound);   // the object before the body
            await op.Client.CallAsync(HttpMethod.Delete, $"{Users}/{id}", null, HttpStatusCode.NotFound);
            await op.Client.CallAsync(HttpMethod.Patch, Users, new { userId = id, action = "ban", reason = "spam" }, HttpStatusCode.NotFound);
        }
        await op.Client.CallAsync(HttpMethod.Patch, Users, new { userId = user.Id, action = "ban" }, HttpStatusCode.BadRequest);
        await op.Client.CallAsync(HttpMethod.Patch, Users, new { userId = user.Id, action = "kick", reason = "spam" }, HttpStatusCode.BadRequest);

        foreach (var (method, path) in ((HttpMethod, string)[])[
            (HttpMethod.Get, Users), (HttpMethod.Post, Users), (HttpMethod.Patch, Users), (HttpMethod.Get, $"{Users}/{user.Id}"), (HttpMethod.Put, $"{Users}/{user.Id}"),
            (HttpMethod.Delete, $"{Users}/{user.Id}"), (HttpMethod.Get, $"{Users}/{user.Id}/organizations"), (HttpMethod.Get, "/api/admin/stats")])
        {
            Assert.Equal("Admin privileges required", (await user.Client.CallAsync(method, path, new { }, HttpStatusCode.Forbidden)).Body.Text("error"));
            await app.Anonymous.CallAsync(method, path, new { }, HttpStatusCode.Unauthorized);
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Ban_ForATime_EndsSessionsAtOnce_AndRunsOut(Db database)
    {
        var clock = new ShiftedClock();
        await using var app = await PlatformApp.StartAsync(database, services => services.AddSingleton<TimeProvider>(clock));
        var op = await app.OperatorAsync();
        var user = await app.CreateUserAsync();

        var (_, banned) = await op.Client.CallAsync(HttpMethod.Patch, Users, new { userId = user.Id, action = "ban", reason = "spam", duration = 600_000 }, HttpStatusCode.OK);
        Assert.Equal(("banned", "spam", true), (banned.GetProperty("data").Text("action"), banned.GetProperty("data").Text("banReason"), banned.GetProperty("data").GetProperty("sessionsInvalidated").GetBoolean()));
        await user.Client.GetAsync("/api/v1/auth/me", HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.Unauthorized, await app.SignInAsync(user.Username, PlatformApp.Password));
        var (_, shown) = await op.Client.GetAsync($"{Users}/{user.Id}", HttpStatusCode.OK);
        Assert.Equal((true, "spam"), (shown.GetProperty("data").GetProperty("banned").GetBoolean(), shown.GetProperty("data").Text("banReason")));
        Assert.InRange(shown.GetProperty("data").GetProperty("banExpires").GetDateTimeOffset(), clock.GetUtcNow(), clock.GetUtcNow().AddMinutes(10));

        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(HttpStatusCode.OK, await app.SignInAsync(user.Username, PlatformApp.Password));
        Assert.False((await op.Client.GetAsync($"{Users}/{user.Id}", HttpStatusCode.OK)).Body.GetProperty("data").GetProperty("banned").GetBoolean());
        Assert.Equal(1, await app.WithDatabaseAsync(db => db.AuditEntries.CountAsync(entry => entry.Action == "user.ban" && entry.ResourceId == user.Id.ToString() && entry.Reason == "spam")));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Ban_ForEver_IsLiftedByAnOperator(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var user = await app.CreateUserAsync();
        await op.Client.CallAsync(HttpMethod.Patch, Users, new { userId = user.Id, action = "ban", reason = "spam" }, HttpStatusCode.OK);
        var shown = (await op.Client.GetAsync($"{Users}/{user.Id}", HttpStatusCode.OK)).Body.GetProperty("data");
        Assert.Equal((true, JsonValueKind.Null), (shown.GetProperty("banned").GetBoolean(), shown.GetProperty("banExpires").ValueKind));
        Assert.Equal((1, 1), (await op.Client.GetAsync("/api/admin/stats", HttpStatusCode.OK)).Body.GetProperty("data").GetProperty("users") is var users
            ? (users.GetProperty("bannedUsers").GetInt32(), users.GetProperty("activeUsers").GetInt32()) : default);

        var (_, unbanned) = await op.Client.CallAsync(HttpMethod.Patch, Users, new { userId = user.Id, action = "unban" }, HttpStatusCode.OK);
        Assert.Equal("unbanned", unbanned.GetProperty("data").Text("action"));
        await user.Client.GetAsync("/api/v1/auth/me", HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, await app.SignInAsync(user.Username, PlatformApp.Password));
        Assert.Equal(1, await app.WithDatabaseAsync(db => db.AuditEntries.CountAsync(entry => entry.Action == "user.unban" && entry.ActorId == op.Id)));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Organizations_OfAUser_AreShownInThreeWords(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var (user, host) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        await app.WithDatabaseAsync(async db =>
        {
            var project = await db.Projects.Where(found => db.Organizations.Any(organization => organization.PersonalUserId == host.Id && organization.Id == found.OrganizationId)).SingleAsync();
            db.Add(new Membership { Id = Guid.CreateVersion7(), OrganizationId = project.OrganizationId, UserId = user.Id, Role = OrganizationRole.Member, JoinedAt = DateTimeOffset.UtcNow });
            db.Add(new RoleAssignment
            {
                Id = Guid.CreateVersion7(),
                OrganizationId = project.OrganizationId,
                UserId = user.Id,
                ProjectId = project.Id,
                RoleId = BuiltInRoles.For(ProjectRole.ProjectEditor).Id,
                AssignedAt = DateTimeOffset.UtcNow,
            });
            return await db.SaveChangesAsync();
        });

        var (_, seen) = await op.Client.GetAsync($"{Users}/{user.Id}/organizations", HttpStatusCode.OK);
        Assert.Equal(
            [("owner", "org_owner", "Organization Owner"), ("member", "project_editor", "Project Editor")],
            seen.GetProperty("organizations").EnumerateArray().Select(place => (place.Text("role"), place.Text("normalizedRole"), place.Text("displayRole"))));
        Assert.Equal("org_owner", (await op.Client.GetAsync($"{Users}/{user.Id}", HttpStatusCode.OK)).Body.GetProperty("data").Text("role"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Stats_CountWhatThereIs(Db database)
    {
        var clock = new ShiftedClock();
        await using var app = await PlatformApp.StartAsync(database, services => services.AddSingleton<TimeProvider>(clock)
            .AddSingleton(new CountedRows("tests", (db, ct) => db.Users.LongCountAsync(ct))));   // stands for an area that counts its rows
        await app.OperatorAsync();
        clock.Advance(TimeSpan.FromDays(31));
        var op = await app.OperatorAsync();
        await app.CreateUserAsync();

        var data = (await op.Client.GetAsync("/api/admin/stats", HttpStatusCode.OK)).Body.GetProperty("data");
        Assert.Equal("""{"totalUsers":2,"newUsersThisMonth":1,"activeUsers":2,"bannedUsers":0}""", data.GetProperty("users").GetRawText());
        Assert.Equal("""{"totalOrganizations":2,"totalProjects":2,"totalJobs":0,"totalTests":2,"totalMonitors":0,"totalRuns":0}""", data.GetProperty("organizations").GetRawText());
    }

    [Fact]
    public async Task Check_AnswersEverybody()
    {
        await using var app = await PlatformApp.StartAsync();
        var op = await app.OperatorAsync();
        Assert.False((await app.Anonymous.GetAsync("/api/admin/check", HttpStatusCode.OK)).Body.GetProperty("isAdmin").GetBoolean());
        Assert.False((await (await app.CreateUserAsync()).Client.GetAsync("/api/admin/check", HttpStatusCode.OK)).Body.GetProperty("isAdmin").GetBoolean());
        Assert.True((await op.Client.GetAsync("/api/admin/check", HttpStatusCode.OK)).Body.GetProperty("isAdmin").GetBoolean());
    }
}
