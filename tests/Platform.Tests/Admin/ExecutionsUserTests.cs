using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Admin;

/// <summary>Users as the executions family administers them.</summary>
public sealed class ExecutionsUserTests
{
    private const string Users = "/api/v1/admin/users";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_ThenSignIn_HasOrganizationProjectAndEvent(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var (_, made) = await op.Client.CallAsync(HttpMethod.Post, Users, new { username = "Grace.H", email = "Grace@Example.com", password = "Passw0rd-9" }, HttpStatusCode.OK);

        Assert.Equal(("Grace.H", "Grace@Example.com", "user", true, false), (made.Text("username"), made.Text("email"), made.Text("role"), made.GetProperty("is_active").GetBoolean(), made.GetProperty("is_superuser").GetBoolean()));
        Assert.Equal((false, 1, false), (made.GetProperty("bypass_rate_limit").GetBoolean(), made.GetProperty("global_multiplier").GetDouble(), made.GetProperty("has_custom_limits").GetBoolean()));
        Assert.Equal(HttpStatusCode.OK, await app.SignInAsync("grace@example.com", "Passw0rd-9"));
        var id = made.GetProperty("user_id").GetGuid();
        var (verified, organizations, projects, events, audited) = await app.WithDatabaseAsync(async db => (
            await db.Users.Where(user => user.Id == id).Select(user => user.EmailVerified).SingleAsync(),
            await db.Organizations.CountAsync(organization => organization.PersonalUserId == id),
            await db.Projects.CountAsync(project => db.Organizations.Any(organization => organization.PersonalUserId == id && organization.Id == project.OrganizationId) && project.IsDefault),
            await db.Events.CountAsync(stored => stored.EventType == "user_registered" && stored.UserId == id),
            await db.AuditEntries.CountAsync(entry => entry.Action == "user.create" && entry.ResourceId == id.ToString() && entry.ActorId == op.Id)));
        Assert.Equal((true, 1, 1, 1, 1), (verified, organizations, projects, events, audited));
    }

    [Theory]
    [InlineData("""{"username":"x","email":"x@example.com","password":"Passw0rd-9"}""", 422)]
    [InlineData("""{"username":"with@sign","email":"w@example.com","password":"Passw0rd-9"}""", 422)]
    [InlineData("""{"username":"okay","email":"nonsense","password":"Passw0rd-9"}""", 422)]
    [InlineData("""{"username":"okay","email":"okay@example.com","password":"short"}""", 422)]
    [InlineData("""{"username":"okay","email":"okay@example.com","password":"alllowercase1"}""", 422)]
    [InlineData("""{"username":"okay","email":"okay@example.com","password":"Passw0rd-9","role":"root"}""", 422)]
    [InlineData("""{"email":"okay@example.com","password":"Passw0rd-9"}""", 422)]
    [InlineData("""{"username":"OPERATOR","email":"okay@example.com","password":"Passw0rd-9"}""", 409)]
    [InlineData("""{"username":"okay","email":"Operator@Example.com","password":"Passw0rd-9"}""", 409)]
    public async Task Create_Bad_IsRefused(string body, int status)
    {
        await using var app = await PlatformApp.StartAsync();
        var op = await app.OperatorAsync();
        await op.Client.CallAsync(HttpMethod.Post, Users, JsonSerializer.Deserialize<JsonElement>(body), (HttpStatusCode)status);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task List_SearchRoleAndPage_CountAll(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        foreach (var name in (string[])["List_A%x", "listB", "listC"])
            await app.CreateUserAsync(name.Replace("%", "-", StringComparison.Ordinal));

        var (_, found) = await op.Client.GetAsync($"{Users}?search=LIST&limit=2&offset=1", HttpStatusCode.OK);
        Assert.Equal((3, 2, 1), (found.GetProperty("total").GetInt32(), found.GetProperty("limit").GetInt32(), found.GetProperty("offset").GetInt32()));
        Assert.Equal(["listB", "List_A-x"], found.GetProperty("users").EnumerateArray().Select(user => user.Text("username")));
        Assert.All(found.GetProperty("users").EnumerateArray(), user => Assert.True(user.GetProperty("has_custom_limits").GetBoolean()));   // the fixture multiplies
        Assert.Equal(1, (await op.Client.GetAsync($"{Users}?search=list_", HttpStatusCode.OK)).Body.GetProperty("total").GetInt32());   // no wildcard
        Assert.Equal("operator", Assert.Single((await op.Client.GetAsync($"{Users}?role=admin", HttpStatusCode.OK)).Body.GetProperty("users").EnumerateArray()).Text("username"));
        foreach (var query in (string[])["limit=0", "limit=1001", "offset=-1", "role=root", "limit=x"])
            await op.Client.GetAsync($"{Users}?{query}", HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Update_Password_EndsSessionsAndTheLockout(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var user = await app.CreateUserAsync();
        for (var i = 0; i < 5; i++)
            await app.SignInAsync(user.Username, "Wrong-passw0rd");
        Assert.Equal(HttpStatusCode.Locked, await app.SignInAsync(user.Username, PlatformApp.Password));

        await op.Client.CallAsync(HttpMethod.Put, $"{Users}/{user.Id}", new { password = "weak" }, HttpStatusCode.UnprocessableEntity);
        await op.Client.CallAsync(HttpMethod.Put, $"{Users}/{user.Id}", new { password = "Another-pass1" }, HttpStatusCode.OK);

        await user.Client.GetAsync("/api/v1/auth/me", HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, await app.SignInAsync(user.Username, "Another-pass1"));
        var entries = await app.WithDatabaseAsync(db => db.AuditEntries.Where(entry => entry.Action == "user.update" && entry.ResourceId == user.Id.ToString()).ToListAsync());
        Assert.Single(entries, entry => entry.ReadChanges().Any(change => change.Field == "password"));
        Assert.All(entries, entry => Assert.DoesNotContain("Another", entry.Changes, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Update_StateAndNames_ActAtOnce(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var (user, other) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var path = $"{Users}/{user.Id}";

        await op.Client.CallAsync(HttpMethod.Put, path, new { is_active = false }, HttpStatusCode.OK);
        await user.Client.GetAsync("/api/v1/auth/me", HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.Unauthorized, await app.SignInAsync(user.Username, PlatformApp.Password));
        await op.Client.CallAsync(HttpMethod.Put, path, new { is_active = true, role = (string?)null }, HttpStatusCode.OK);
        await user.Client.GetAsync("/api/v1/auth/me", HttpStatusCode.Unauthorized);   // the old session stays ended
        var again = await app.SignInAsync(user.Username, PlatformApp.Password);
        Assert.Equal(HttpStatusCode.OK, again);

        await op.Client.CallAsync(HttpMethod.Put, path, new { username = other.Username.ToUpperInvariant() }, HttpStatusCode.Conflict);
        await op.Client.CallAsync(HttpMethod.Put, path, new { email = other.Email }, HttpStatusCode.Conflict);
        var (_, renamed) = await op.Client.CallAsync(HttpMethod.Put, path, new { username = "renamed.user", email = "renamed@example.com" }, HttpStatusCode.OK);
        Assert.Equal(("renamed.user", "renamed@example.com"), (renamed.Text("username"), renamed.Text("email")));
        Assert.Equal(HttpStatusCode.OK, await app.SignInAsync("renamed@example.com", PlatformApp.Password));
        var fields = await app.WithDatabaseAsync(db => db.Events.Where(stored => stored.EventType == "user_updated" && stored.UserId == user.Id).OrderBy(stored => stored.RowId).Select(stored => stored.Payload).ToListAsync());
        Assert.Equal(["is_active", "is_active", "email,username"], fields.Select(payload => string.Join(',', JsonSerializer.Deserialize<JsonElement>(payload).GetProperty("updated_fields").EnumerateArray())));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Update_Limits_LoosenTheUsersOwn(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database, settings: ("RateLimit:Limits:api", "2"));
        var op = await app.OperatorAsync();
        var user = await app.CreateUserAsync(rateMultiplier: 1);
        Assert.Equal([200, 200, 429], await LimitedAsync(user, 3));

        var (_, shown) = await op.Client.CallAsync(HttpMethod.Put, $"{Users}/{user.Id}", new { global_multiplier = 2.5, max_messages_per_day = 7, max_sandbox_duration = 30 }, HttpStatusCode.OK);
        Assert.Equal((2.5, true), (shown.GetProperty("global_multiplier").GetDouble(), shown.GetProperty("has_custom_limits").GetBoolean()));
        var widened = await LimitedAsync(user, 6);   // where the count is shared, the first two still count
        Assert.Equal(database == Db.Sqlite ? 5 : 3, widened.Count(status => status == 200));
        Assert.Equal(429, widened[^1]);
        await op.Client.CallAsync(HttpMethod.Put, $"{Users}/{user.Id}", new { bypass_rate_limit = true }, HttpStatusCode.OK);
        Assert.All(await LimitedAsync(user, 10), status => Assert.Equal(200, status));
        Assert.Equal((7, 30), await app.WithDatabaseAsync(async db => await db.UserLimits.Where(row => row.UserId == user.Id).SingleAsync() is var row ? (row.MaxMessagesPerDay, row.MaxSandboxDuration) : default));

        await op.Client.CallAsync(HttpMethod.Put, $"{Users}/{user.Id}", new { bypass_rate_limit = false, global_multiplier = 1, max_messages_per_day = 0, max_sandbox_duration = 0 }, HttpStatusCode.OK);
        Assert.False((await op.Client.GetAsync($"{Users}/{user.Id}", HttpStatusCode.OK)).Body.GetProperty("has_custom_limits").GetBoolean());
        foreach (var bad in (object[])[new { global_multiplier = 0 }, new { global_multiplier = 1001 }, new { max_messages_per_day = -1 }, new { max_sandbox_duration = "x" }])
            await op.Client.CallAsync(HttpMethod.Put, $"{Users}/{user.Id}", bad, HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Overview_OfADay_CountsTheUsersEvents(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var user = await app.CreateUserAsync();
        await user.Client.PostAsJsonAsync("/api/v1/execute", new { script = "print(1)" });

        var (_, seen) = await op.Client.GetAsync($"{Users}/{user.Id}/overview", HttpStatusCode.OK);
        var stats = seen.GetProperty("stats");
        Assert.Equal(user.Username, seen.GetProperty("user").Text("username"));
        Assert.Equal((1, 1), (stats.GetProperty("events_by_type").GetProperty("user_registered").GetInt32(), stats.GetProperty("events_by_type").GetProperty("execution_requested").GetInt32()));
        Assert.Equal(stats.GetProperty("total_events").GetInt32(), stats.GetProperty("events_by_type").EnumerateObject().Sum(type => type.Value.GetInt32()));
        Assert.Equal(stats.GetProperty("total_events").GetInt32(), stats.GetProperty("events_by_hour").EnumerateArray().Sum(hour => hour.GetProperty("count").GetInt32()));
        Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:00$", stats.GetProperty("events_by_hour")[0].Text("hour"));
        Assert.Equal(100, seen.GetProperty("rate_limit_summary").GetProperty("global_multiplier").GetDouble());
        Assert.Equal(["cancelled", "failed", "succeeded", "terminal_total", "timeout"], seen.GetProperty("derived_counts").EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.All(seen.GetProperty("recent_events").EnumerateArray(), recent => Assert.StartsWith("execution_", recent.Text("event_type"), StringComparison.Ordinal));
        Assert.NotEmpty(seen.GetProperty("recent_events").EnumerateArray());
    }

    [Fact]
    public async Task EveryRoute_ByStanding_IsForOperatorsOnly()
    {
        await using var app = await PlatformApp.StartAsync();
        var op = await app.OperatorAsync();
        var user = await app.CreateUserAsync();
        foreach (var (method, path) in ((HttpMethod, string)[])[
            (HttpMethod.Get, Users), (HttpMethod.Post, Users), (HttpMethod.Get, $"{Users}/{user.Id}"), (HttpMethod.Put, $"{Users}/{user.Id}"), (HttpMethod.Get, $"{Users}/{user.Id}/overview")])
        {
            Assert.Equal("Admin access required", (await user.Client.CallAsync(method, path, new { }, HttpStatusCode.Forbidden)).Body.Text("detail"));
            await app.Anonymous.CallAsync(method, path, new { }, HttpStatusCode.Unauthorized);
        }

        foreach (var id in (string[])[Guid.CreateVersion7().ToString(), "no-id"])
        {
            await op.Client.GetAsync($"{Users}/{id}", HttpStatusCode.NotFound);
            await op.Client.GetAsync($"{Users}/{id}/overview", HttpStatusCode.NotFound);
            Assert.Equal("User not found", (await op.Client.CallAsync(HttpMethod.Put, $"{Users}/{id}", new { role = "user" }, HttpStatusCode.NotFound)).Body.Text("detail"));
        }
    }

    private static async Task<List<int>> LimitedAsync(TestUser user, int times)
    {
        var answers = new List<int>();
        for (var i = 0; i < times; i++)
            answers.Add((int)(await user.Client.GetAsync("/api/v1/user/executions")).StatusCode);
        return answers;
    }
}
