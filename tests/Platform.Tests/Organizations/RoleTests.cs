using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Organizations;

/// <summary>Custom roles through HTTP.</summary>
public sealed class RoleTests(OrganizationApps apps) : IClassFixture<OrganizationApps>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_Role_IsListedWithWhatItGives(Db database)
    {
        var team = await TestTeam.FormAsync(apps[database]);
        var viewer = TestTeam.IdOf(OrganizationRole.Viewer);
        var made = await team.Admin.CallAsync("POST /api/security/roles", new { name = " Release-Manager ", description = "Ships", permissions = new[] { "builds:*", "functions:deploy", "builds:*" }, inherits = new[] { viewer } });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var role = made.Data;
        Assert.Equal(("Release-Manager", "Ships", false, 0), (role.Text("name"), role.Text("description"), role.GetProperty("isSystem").GetBoolean(), role.GetProperty("memberCount").GetInt32()));
        Assert.Equal(["builds:*", "functions:deploy"], Words(role.GetProperty("permissions")));
        var effective = Words(role.GetProperty("effectivePermissions"));
        Assert.Equal(effective.Order(StringComparer.Ordinal), effective);
        Assert.Superset(new HashSet<string> { "alerts:read", "builds:cancel", "functions:deploy" }, effective.ToHashSet());
        Assert.DoesNotContain("functions:delete", effective);

        var other = await team.RoleAsync("other", ["alerts:manage"]);
        var all = await team.Viewer.CallAsync("GET /api/security/roles");
        Assert.Equal(["owner", "admin", "member", "viewer", "other", "Release-Manager"], Names(all));
        Assert.Equal((6, 50, 0), (all.Body.GetProperty("total").GetInt32(), all.Body.GetProperty("limit").GetInt32(), all.Body.GetProperty("offset").GetInt32()));
        Assert.Equal([1, 1, 1, 1, 0, 0], all.Data.EnumerateArray().Select(row => row.GetProperty("memberCount").GetInt32()));
        Assert.Equal("[\"*\"]", all.Data[0].GetProperty("permissions").ToString());
        Assert.Equal(["other", "Release-Manager"], Names(await team.Viewer.CallAsync("GET /api/security/roles?type=custom")));
        Assert.Equal(["owner", "admin", "member", "viewer"], Names(await team.Viewer.CallAsync("GET /api/security/roles?type=system")));
        Assert.Equal(["Release-Manager"], Names(await team.Viewer.CallAsync("GET /api/security/roles?search=RELEASE")));
        Assert.Equal(["viewer", "other"], Names(await team.Viewer.CallAsync("GET /api/security/roles?limit=2&offset=3")));

        var entry = Assert.Single(await team.AuditAsync("role.create"), entry => entry.ActorId == team.Admin.Id);
        Assert.Equal((AuditOutcome.Success, role.Text("id"), "Release-Manager"), (entry.Outcome, entry.ResourceId, entry.ResourceName));
        Assert.NotEqual(Guid.Empty, other);
    }

    [Theory]
    [InlineData("""{"permissions":[]}""", "name")]
    [InlineData("""{"name":"x","permissions":[]}""", "name")]
    [InlineData("""{"name":"  x  ","permissions":[]}""", "name")]
    [InlineData("""{"name":"a\u0007b","permissions":[]}""", "name")]
    [InlineData("""{"name":"fine"}""", "permissions")]
    [InlineData("""{"name":"fine","permissions":["builds:read","no:such","checks:read","platform:users","builds"]}""", "permissions")]
    [InlineData("""{"name":"fine","permissions":[],"inherits":["00000000-0000-7000-8000-000000000001"]}""", "inherits")]
    [InlineData("""{"name":"fine","permissions":[],"inherits":["x"]}""", "inherits.0")]
    public async Task Create_BadInput_Is400(string body, string field)
    {
        var owner = await apps[Db.Sqlite].CreateUserAsync();
        var answer = await owner.CallAsync("POST /api/security/roles", JsonSerializer.Deserialize<JsonElement>(body));
        answer.AssertRefused(400, "validation_failed");
        var detail = answer.Body.GetProperty("details")[0];
        Assert.Equal(field, detail.Text("field"));
        if (field == "permissions" && detail.Text("message").StartsWith("Unknown", StringComparison.Ordinal))
            Assert.Equal("Unknown permissions: no:such, checks:read, platform:users, builds", detail.Text("message"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_TakenNameOrTooMany_Is409(Db database)
    {
        var app = apps[database];
        var team = await TestTeam.FormAsync(app);
        await team.RoleAsync("Deployers", []);
        foreach (var name in new[] { "deployers", "ADMIN", "project_editor" })
            (await team.Owner.CallAsync("POST /api/security/roles", new { name, permissions = Array.Empty<string>() })).AssertRefused(409, "name_taken");

        await app.AskAsync(db =>
        {
            for (var i = 1; i < 100; i++)
                db.Add(RoleCostTests.NewRole(team.Place.Id, $"filler {i}"));
            return db.SaveChangesAsync();
        });
        (await team.Owner.CallAsync("POST /api/security/roles", new { name = "one more", permissions = Array.Empty<string>() })).AssertRefused(409, "role_limit");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Update_Inherited_ActsOnTheHeirsNextRequest(Db database)
    {
        var team = await TestTeam.FormAsync(apps[database]);
        var parent = await team.RoleAsync("parent", []);
        var middle = await team.RoleAsync("middle", [], parent);
        var child = await team.RoleAsync("child", [], middle);
        _ = (await team.AssignAsync(team.Owner, team.Viewer, child)).Good;
        (await team.Viewer.CallAsync("POST /api/security/roles", new { name = "no", permissions = Array.Empty<string>() })).AssertRefused(403, "forbidden");

        var changed = await team.Owner.CallAsync($"PATCH /api/security/roles/{parent}", new { name = "Grandparent", description = (string?)null, permissions = new[] { "roles:manage" } });
        Assert.Equal(("Grandparent", ""), (changed.Data.Text("name"), changed.Data.Text("description")));
        Assert.Equal(HttpStatusCode.Created, (await team.Viewer.CallAsync("POST /api/security/roles", new { name = "yes", permissions = Array.Empty<string>() })).Status);
        Assert.Contains("roles:manage", Words((await team.Owner.CallAsync("GET /api/security/roles?search=child")).Data[0].GetProperty("effectivePermissions")));

        _ = (await team.Owner.CallAsync($"PATCH /api/security/roles/{middle}", new { inherits = Array.Empty<Guid>() })).Good;
        (await team.Viewer.CallAsync("POST /api/security/roles", new { name = "no more", permissions = Array.Empty<string>() })).AssertRefused(403, "forbidden");
        var entry = Assert.Single(await team.AuditAsync("role.update"), entry => entry.ResourceId == parent.ToString());
        Assert.Equal(["permissions", "name"], entry.ReadChanges().Select(change => change.Field).OrderDescending());
    }

    [Fact]
    public async Task Update_CirclesAndLongChains_Are400()
    {
        var team = await TestTeam.FormAsync(apps[Db.Sqlite]);
        var first = await team.RoleAsync("step 0", []);
        var last = first;
        for (var step = 1; step <= 5; step++)
            last = await team.RoleAsync($"step {step}", [], last);
        (await team.Owner.CallAsync("POST /api/security/roles", new { name = "step 6", permissions = Array.Empty<string>(), inherits = new[] { last } })).AssertRefused(400, "inheritance_depth");
        (await team.Owner.CallAsync($"PATCH /api/security/roles/{first}", new { inherits = new[] { last } })).AssertRefused(400, "inheritance_cycle");
        (await team.Owner.CallAsync($"PATCH /api/security/roles/{first}", new { inherits = new[] { first } })).AssertRefused(400, "inheritance_cycle");
        (await team.Owner.CallAsync($"PATCH /api/security/roles/{first}", new { inherits = new[] { TestTeam.IdOf(OrganizationRole.Viewer) } })).AssertRefused(400, "inheritance_depth"); // six steps for the last
        (await team.Owner.CallAsync($"PATCH /api/security/roles/{first}", new { inherits = new[] { Guid.CreateVersion7() } })).AssertRefused(404, "not_found");
        Assert.Equal("[]", (await team.Owner.CallAsync("GET /api/security/roles?search=step%200")).Data[0].GetProperty("inherits").ToString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":null}""")]
    [InlineData("""{"permissions":null}""")]
    [InlineData("""{"name":"x"}""")]
    [InlineData("""{"inherits":["00000000-0000-7000-8000-000000000001"]}""")]
    public async Task Update_BadInput_Is400(string body)
    {
        var team = await TestTeam.FormAsync(apps[Db.Sqlite]);
        var role = await team.RoleAsync("role", []);
        (await team.Owner.CallAsync($"PATCH /api/security/roles/{role}", JsonSerializer.Deserialize<JsonElement>(body))).AssertRefused(400, "validation_failed");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task ChangePermissions_InEveryMode_TellsWhatChanged(Db database)
    {
        var team = await TestTeam.FormAsync(apps[database]);
        var role = await team.RoleAsync("role", ["builds:read"]);
        Assert.Equal("builds:read,metrics:read|metrics:read|", await ChangeAsync(["metrics:read", "builds:read"], null));
        Assert.Equal("builds:read,metrics:read||", await ChangeAsync(["metrics:read"], "add"));
        Assert.Equal("metrics:read||builds:read", await ChangeAsync(["builds:read", "alerts:read"], "remove"));
        Assert.Equal("alerts:*|alerts:*|metrics:read", await ChangeAsync(["alerts:*"], "replace"));
        Assert.Equal("||alerts:*", await ChangeAsync([], "replace"));
        (await team.Owner.CallAsync($"POST /api/security/roles/{role}/permissions", new { permissions = new[] { "no:such" } })).AssertRefused(400, "validation_failed");
        Assert.Equal(6, (await team.AuditAsync("role.permissions_change")).Count);

        async Task<string> ChangeAsync(string[] permissions, string? mode)
        {
            var answer = (await team.Owner.CallAsync($"POST /api/security/roles/{role}/permissions", mode is null ? new { permissions } : new { permissions, mode })).Data;
            return string.Join('|', new[] { "permissions", "added", "removed" }.Select(name => string.Join(',', Words(answer.GetProperty(name)))));
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Delete_UsedOrInherited_Is409UnlessForced(Db database)
    {
        var team = await TestTeam.FormAsync(apps[database]);
        var role = await team.RoleAsync("role", ["roles:manage"]);
        var heir = await team.RoleAsync("heir", [], role);
        (await team.Owner.CallAsync($"DELETE /api/security/roles/{role}")).AssertRefused(409, "role_inherited");
        _ = (await team.Owner.CallAsync($"DELETE /api/security/roles/{heir}")).Good;

        _ = (await team.AssignAsync(team.Owner, team.Viewer, role)).Good;
        var used = await team.Owner.CallAsync($"DELETE /api/security/roles/{role}");
        used.AssertRefused(409, "role_in_use");
        Assert.Equal(1, used.Body.GetProperty("details").GetProperty("memberCount").GetInt32());
        (await team.Owner.CallAsync($"DELETE /api/security/roles/{role}?force=maybe")).AssertRefused(400, "validation_failed");

        Assert.True((await team.Owner.CallAsync($"DELETE /api/security/roles/{role}?force=true")).Data.GetProperty("deleted").GetBoolean());
        (await team.Viewer.CallAsync("POST /api/security/roles", new { name = "no", permissions = Array.Empty<string>() })).AssertRefused(403, "forbidden");
        Assert.Equal(0, await apps[database].AskAsync(db => db.RoleAssignments.CountAsync(row => row.RoleId == role)));
        (await team.Owner.CallAsync($"DELETE /api/security/roles/{role}")).AssertRefused(404, "not_found");
    }

    [Fact]
    public async Task Roles_OfOthersOrNone_Are404BeforeAnythingElse()
    {
        var (mine, theirs) = (await TestTeam.FormAsync(apps[Db.Sqlite]), await TestTeam.FormAsync(apps[Db.Sqlite]));
        var foreign = await theirs.RoleAsync("theirs", []);
        foreach (var id in new[] { foreign.ToString(), Guid.CreateVersion7().ToString(), "nonsense", BuiltInRoles.For(ProjectRole.ProjectEditor).Id.ToString() })
        {
            foreach (var actor in new[] { mine.Owner, mine.Viewer })
            {
                (await actor.CallAsync($"PATCH /api/security/roles/{id}", new { name = 1 })).AssertRefused(404, "not_found");
                (await actor.CallAsync($"DELETE /api/security/roles/{id}")).AssertRefused(404, "not_found");
                (await actor.CallAsync($"POST /api/security/roles/{id}/permissions", new { })).AssertRefused(404, "not_found");
                (await mine.AssignAsync(actor, mine.Member, id.Length == 36 ? Guid.Parse(id) : Guid.Empty)).AssertRefused(404, "not_found");
            }
        }
        (await mine.Owner.CallAsync("POST /api/security/roles", new { name = "heir", permissions = Array.Empty<string>(), inherits = new[] { foreign } })).AssertRefused(404, "not_found");
        (await mine.AssignAsync(mine.Owner, theirs.Member, await mine.RoleAsync("mine", []))).AssertRefused(404, "not_found");
    }

    [Fact]
    public async Task Roles_WithoutThePermission_Are403BeforeTheirInput()
    {
        var team = await TestTeam.FormAsync(apps[Db.Sqlite]);
        var role = await team.RoleAsync("role", []);
        var refused = await team.Member.CallAsync($"PATCH /api/security/roles/{role}", new { name = 1 });
        refused.AssertRefused(403, "forbidden");
        Assert.Equal("roles:manage", refused.Body.GetProperty("details").Text("missing"));
        (await team.Member.CallAsync("POST /api/security/roles", new { name = 1 })).AssertRefused(403, "forbidden");
        (await team.Member.CallAsync($"DELETE /api/security/roles/{role}?force=maybe")).AssertRefused(403, "forbidden");
        (await team.Member.CallAsync($"POST /api/security/roles/{role}/permissions", new { })).AssertRefused(403, "forbidden");
        (await team.AssignAsync(team.Member, team.Viewer, role, new { expiresAt = "never" })).AssertRefused(403, "forbidden");
        (await team.Member.CallAsync($"DELETE /api/security/users/{team.Viewer.Id}/roles/{role}?projectId=x")).AssertRefused(403, "forbidden");
        (await team.Owner.CallAsync($"PATCH /api/security/roles/{role}", new { name = 1 })).AssertRefused(400, "validation_failed");
        Assert.All((await team.AuditAsync("role.update")).Where(entry => entry.ActorId == team.Member.Id), entry => Assert.Equal(AuditOutcome.Denied, entry.Outcome));
        Assert.Equal(HttpStatusCode.Unauthorized, (await apps[Db.Sqlite].Anonymous.CallAsync("GET /api/security/roles")).Status);
    }

    [Fact]
    public async Task Roles_BuiltIn_CannotBeChanged()
    {
        var team = await TestTeam.FormAsync(apps[Db.Sqlite]);
        foreach (var role in Enum.GetValues<OrganizationRole>().Select(TestTeam.IdOf))
        {
            (await team.Owner.CallAsync($"PATCH /api/security/roles/{role}", new { name = "mine" })).AssertRefused(409, "system_role");
            (await team.Owner.CallAsync($"DELETE /api/security/roles/{role}")).AssertRefused(409, "system_role");
            (await team.Owner.CallAsync($"POST /api/security/roles/{role}/permissions", new { permissions = new[] { "builds:read" } })).AssertRefused(409, "system_role");
        }
    }

    [Fact]
    public async Task Create_WithIdempotencyKey_MakesOne()
    {
        var team = await TestTeam.FormAsync(apps[Db.Sqlite]);
        var body = new { name = "once", permissions = new[] { "builds:read" } };
        var first = await team.Owner.CallAsync("POST /api/security/roles", body, ("Idempotency-Key", "one"));
        var second = await team.Owner.CallAsync("POST /api/security/roles", body, ("Idempotency-Key", "one"));
        Assert.Equal((HttpStatusCode.Created, first.Data.Text("id")), (second.Status, second.Data.Text("id")));
    }

    [Fact]
    public async Task Permissions_List_ShowsWhoHoldsWhat()
    {
        var team = await TestTeam.FormAsync(apps[Db.Sqlite]);
        var answer = await team.Viewer.CallAsync("GET /api/security/permissions");
        var rows = answer.Data.EnumerateArray().ToDictionary(row => row.Text("name"));
        Assert.Equal(PermissionRegistry.All.Where(entry => entry.Holder != PermissionHolder.Platform).Select(entry => entry.Name), answer.Data.EnumerateArray().Select(row => row.Text("name")));
        Assert.All(rows.Values, row => Assert.True(row.Text("description").Length > 5));
        var create = rows["builds:create"];
        Assert.Equal(("builds", "create", false), (create.Text("resource"), create.Text("action"), create.GetProperty("granted").GetBoolean()));
        Assert.Equal(["owner", "admin", "member"], Words(create.GetProperty("builtInRoles")));
        Assert.Equal(["owner"], Words(rows["organizations:delete"].GetProperty("builtInRoles")));
        Assert.True(rows["builds:read"].GetProperty("granted").GetBoolean());
        Assert.Equal(rows.Count, answer.Body.GetProperty("total").GetInt32());
        Assert.Equal(2, (await team.Viewer.CallAsync("GET /api/security/permissions?limit=2&offset=1")).Data.GetArrayLength());
    }

    private static string[] Words(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];

    private static string[] Names(Answer answer) => [.. answer.Data.EnumerateArray().Select(row => row.Text("name"))];
}
