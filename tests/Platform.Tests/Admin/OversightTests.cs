using System.Net;
using Microsoft.EntityFrameworkCore;

using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Admin;

/// <summary>Organizations as operators oversee them.</summary>
public sealed class OversightTests
{
    private const string Organizations = "/api/admin/organizations";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task ListAndRead_ShowEveryOrganization(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var (owner, member) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var id = await JoinAsync(app, owner.Id, member.Id);

        var (_, list) = await op.Client.GetAsync($"{Organizations}?limit=2&stats=true", HttpStatusCode.OK);
        Assert.Equal([member.Username, owner.Username], list.GetProperty("data").EnumerateArray().Select(row => row.Text("name")));
        Assert.Equal([1, 2], list.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("memberCount").GetInt32()));
        Assert.Equal("""{"limit":2,"offset":0,"hasMore":true,"total":3}""", list.GetProperty("pagination").GetRawText());
        Assert.All((await op.Client.GetAsync(Organizations, HttpStatusCode.OK)).Body.GetProperty("data").EnumerateArray(), row => Assert.False(row.TryGetProperty("memberCount", out _)));

        var one = (await op.Client.GetAsync($"{Organizations}/{id}", HttpStatusCode.OK)).Body.GetProperty("data");
        Assert.Equal((owner.Email, 2, 1), (one.Text("ownerEmail"), one.GetProperty("memberCount").GetInt32(), one.GetProperty("projectCount").GetInt32()));
        Assert.Equal(["owner", "member"], one.GetProperty("members").EnumerateArray().Select(row => row.Text("role")));
        Assert.Equal(member.Email, one.GetProperty("members")[1].GetProperty("user").Text("email"));
        Assert.Equal("Default", Assert.Single(one.GetProperty("projects").EnumerateArray()).Text("name"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Update_DescribesAndSuspends(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var (owner, other) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var path = $"{Organizations}/{await IdAsync(app, owner.Id)}";

        var (_, changed) = await op.Client.CallAsync(HttpMethod.Put, path, new { name = "Renamed", slug = "Renamed Slug", metadata = new { plan = "free" } }, HttpStatusCode.OK);
        Assert.Equal(("Renamed", "renamed-slug", "free"), (changed.GetProperty("data").Text("name"), changed.GetProperty("data").Text("slug"), changed.GetProperty("data").GetProperty("metadata").Text("plan")));
        await op.Client.CallAsync(HttpMethod.Put, $"{Organizations}/{await IdAsync(app, other.Id)}", new { slug = "renamed-slug" }, HttpStatusCode.Conflict);
        await op.Client.CallAsync(HttpMethod.Put, path, new { name = "x" }, HttpStatusCode.BadRequest);
        await op.Client.CallAsync(HttpMethod.Put, path, new { status = "deleting" }, HttpStatusCode.BadRequest);

        await op.Client.CallAsync(HttpMethod.Put, path, new { status = "suspended" }, HttpStatusCode.OK);
        await owner.Client.CallAsync(HttpMethod.Post, "/api/v1/execute", new { script = "print(1)" }, HttpStatusCode.Forbidden);
        await owner.Client.GetAsync("/api/v1/user/executions", HttpStatusCode.OK);
        var (_, again) = await op.Client.CallAsync(HttpMethod.Put, path, new { status = "active" }, HttpStatusCode.OK);
        Assert.Equal("Renamed", again.GetProperty("data").Text("name"));
        await owner.Client.CallAsync(HttpMethod.Post, "/api/v1/execute", new { script = "print(1)" }, HttpStatusCode.OK);
        Assert.Equal(2, await app.WithDatabaseAsync(async db => (await db.AuditEntries.Where(entry => entry.Action == "organization.update" && entry.ActorId == op.Id).ToListAsync()).Count(entry => entry.ReadChanges().Any(change => change.Field == "status"))));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Delete_WithMembers_TakesForce(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var (owner, member) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var made = (await owner.Client.CallAsync(HttpMethod.Post, "/api/organizations", new { name = "Team" }, HttpStatusCode.Created)).Body.GetProperty("organization").Text("id");
        var alone = (await owner.Client.CallAsync(HttpMethod.Post, "/api/organizations", new { name = "Alone" }, HttpStatusCode.Created)).Body.GetProperty("organization").Text("id");
        await app.WithDatabaseAsync(db =>
        {
            db.Add(new Membership { Id = Guid.CreateVersion7(), OrganizationId = Guid.Parse(made), UserId = member.Id, Role = OrganizationRole.Member, JoinedAt = DateTimeOffset.UtcNow });
            return db.SaveChangesAsync();
        });

        Assert.Equal("Cannot delete organization with members", (await op.Client.CallAsync(HttpMethod.Delete, $"{Organizations}/{made}", null, HttpStatusCode.BadRequest)).Body.Text("error"));
        await op.Client.CallAsync(HttpMethod.Delete, $"{Organizations}/{made}?force=true", null, HttpStatusCode.Accepted);
        await op.Client.CallAsync(HttpMethod.Delete, $"{Organizations}/{alone}", null, HttpStatusCode.OK);
        foreach (var id in (string[])[made, alone])
            await op.Client.GetAsync($"{Organizations}/{id}", HttpStatusCode.NotFound);
        await op.Client.CallAsync(HttpMethod.Delete, $"{Organizations}/{await IdAsync(app, owner.Id)}", null, HttpStatusCode.Conflict);   // personal
    }

    [Fact]
    public async Task Routes_ByStanding_AreForOperatorsOnly()
    {
        await using var app = await PlatformApp.StartAsync();
        var op = await app.OperatorAsync();
        var user = await app.CreateUserAsync();
        var path = $"{Organizations}/{await IdAsync(app, user.Id)}";
        foreach (var (method, route) in ((HttpMethod, string)[])[(HttpMethod.Get, Organizations), (HttpMethod.Get, path), (HttpMethod.Put, path), (HttpMethod.Delete, path)])
        {
            await user.Client.CallAsync(method, route, new { }, HttpStatusCode.Forbidden);   // his own organization, too
            await app.Anonymous.CallAsync(method, route, new { }, HttpStatusCode.Unauthorized);
        }
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete])
        {
            foreach (var id in (string[])["no-id", Guid.CreateVersion7().ToString()])
                Assert.Equal("Organization not found", (await op.Client.CallAsync(method, $"{Organizations}/{id}", new { }, HttpStatusCode.NotFound)).Body.Text("error"));
        }
    }

    private static Task<Guid> IdAsync(PlatformApp app, Guid userId) =>
        app.WithDatabaseAsync(db => db.Organizations.Where(organization => organization.PersonalUserId == userId).Select(organization => organization.Id).SingleAsync());

    private static async Task<Guid> JoinAsync(PlatformApp app, Guid hostId, Guid userId)
    {
        var id = await IdAsync(app, hostId);
        await app.WithDatabaseAsync(db =>
        {
            db.Add(new Membership { Id = Guid.CreateVersion7(), OrganizationId = id, UserId = userId, Role = OrganizationRole.Member, JoinedAt = DateTimeOffset.UtcNow });
            return db.SaveChangesAsync();
        });
        return id;
    }
}
