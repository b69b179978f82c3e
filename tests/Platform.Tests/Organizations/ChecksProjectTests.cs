using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Organizations;

public sealed class ChecksProjectTests(OrganizationApps apps) : IClassFixture<OrganizationApps>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Projects_FromCreationToDeletion_FollowTheirStates(Db database)
    {
        var owner = await apps[database].CreateUserAsync();
        var place = await owner.FoundAsync();
        var made = await owner.CallAsync("POST /api/projects", new { name = " Web Shop ", description = "sells" });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(("Web Shop", "web-shop", "org_owner", "active", false), (made.Data.Text("name"), made.Data.Text("slug"), made.Data.Text("role"), made.Data.Text("status"), made.Data.GetProperty("isActive").GetBoolean()));
        var id = made.Data.GetProperty("id").GetGuid();
        Assert.Equal((409, "A project with this name already exists"), (await owner.CallAsync("POST /api/projects", new { name = "WEB shop" })).Refusal);
        Assert.Equal((409, "A project with this slug already exists"), (await owner.CallAsync("POST /api/projects", new { name = "Other", slug = "web shop" })).Refusal);
        Assert.StartsWith("web-shop-", (await owner.CallAsync("POST /api/projects", new { name = "Web.Shop" })).Data.Text("slug"), StringComparison.Ordinal);

        await owner.SwitchAsync(id);
        var list = (await owner.CallAsync("GET /api/projects")).Good;
        Assert.Equal(3, list.GetProperty("data").GetArrayLength());
        Assert.Equal(id, list.GetProperty("currentProject").GetProperty("id").GetGuid());

        Assert.Equal("archived", (await owner.CallAsync($"PUT /api/projects/{id}", new { name = "Shop", status = "archived" })).Good.GetProperty("project").Text("status"));
        list = (await owner.CallAsync("GET /api/projects")).Good;
        Assert.Equal(place.Project, list.GetProperty("currentProject").GetProperty("id").GetGuid());   // the session has left it
        Assert.DoesNotContain(id.ToString(), list.ToString(), StringComparison.Ordinal);
        Assert.Equal((404, "Project not found"), (await owner.CallAsync("POST /api/projects/switch", new { projectId = id })).Refusal);
        var shown = (await owner.CallAsync($"GET /api/projects/{id}")).Good.GetProperty("project");
        Assert.Equal(("Shop", "web-shop", "sells", "org_owner", 0), (shown.Text("name"), shown.Text("slug"), shown.Text("description"), shown.Text("role"), shown.GetProperty("stats").GetProperty("memberCount").GetInt32()));

        Assert.Equal("active", (await owner.CallAsync($"PUT /api/projects/{id}", new { name = "Shop", status = "active", description = "" })).Good.GetProperty("project").Text("status"));
        Assert.Equal(JsonValueKind.Null, (await owner.CallAsync($"GET /api/projects/{id}")).Good.GetProperty("project").GetProperty("description").ValueKind);
        Assert.True((await owner.CallAsync($"DELETE /api/projects/{id}")).Good.GetProperty("success").GetBoolean());
        foreach (var call in new[] { $"GET /api/projects/{id}", $"PUT /api/projects/{id}", $"DELETE /api/projects/{id}", $"GET /api/projects/{id}/members" })
            Assert.Equal((404, "Project not found"), (await owner.CallAsync(call, new { name = "Gone" })).Refusal);
        Assert.Equal("shop", (await owner.CallAsync("POST /api/projects", new { name = "Shop", slug = "shop" })).Data.Text("slug"));   // the name is free again
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Projects_TheDefaultOne_StaysAsItIs(Db database)
    {
        var owner = await apps[database].CreateUserAsync();
        var place = await owner.FoundAsync();
        const string stays = "The default project can be neither archived nor deleted";
        Assert.Equal((400, stays), (await owner.CallAsync($"PUT /api/projects/{place.Project}", new { name = "Default", status = "archived" })).Refusal);
        Assert.Equal((400, stays), (await owner.CallAsync($"DELETE /api/projects/{place.Project}")).Refusal);
        Assert.Equal("Main", (await owner.CallAsync($"PUT /api/projects/{place.Project}", new { name = "Main" })).Good.GetProperty("project").Text("name"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Projects_OfOthersAndWithoutTheRole_AreRefused(Db database)
    {
        var app = apps[database];
        var (owner, editor, viewer, mallory) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        var place = await owner.FoundAsync();
        var second = await owner.ProjectAsync("Second");
        await editor.JoinAsync(owner, "project_editor", second);
        await viewer.JoinAsync(owner, "project_viewer");

        foreach (var call in new[] { $"GET /api/projects/{second}", $"PUT /api/projects/{second}", $"DELETE /api/projects/{second}", $"GET /api/projects/{second}/members", $"POST /api/projects/{second}/members", "GET /api/projects/not-an-id" })
            Assert.Equal((404, "Project not found"), (await mallory.CallAsync(call, new { name = "Mine" })).Refusal);
        Assert.Equal((404, "Project not found"), (await mallory.CallAsync("POST /api/projects/switch", new { projectId = second })).Refusal);
        Assert.Equal((404, "Project not found"), (await mallory.CallAsync("POST /api/projects/switch", new { projectId = "nonsense" })).Refusal);
        foreach (var user in new[] { editor, viewer })
        {
            foreach (var call in new[] { "POST /api/projects", $"PUT /api/projects/{second}", $"DELETE /api/projects/{second}", $"POST /api/projects/{second}/members", $"DELETE /api/projects/{second}/members?userId={user.Id}" })
                Assert.Equal((403, "Insufficient permissions"), (await user.CallAsync(call, new { name = "No right", userId = user.Id })).Refusal);
        }
        var seen = (await editor.CallAsync("GET /api/projects")).Good;
        Assert.Equal(("project_editor", "project_viewer"), (seen.GetProperty("data").OneOf("id", second, "role"), seen.GetProperty("data").OneOf("id", place.Project, "role")));
        Assert.Equal(second, seen.GetProperty("currentProject").GetProperty("id").GetGuid());   // where his invitation led
    }

    [Theory]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":"semi;colon"}""")]
    [InlineData("""{"description":"no name"}""")]
    [InlineData("""{"name":"x","description":7}""")]
    public async Task Create_UnacceptableBody_Is400(string json)
    {
        var owner = await apps[Db.Sqlite].CreateUserAsync();
        using var body = new StringContent(json, null, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await owner.Client.PostAsync("/api/projects", body)).StatusCode);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Grants_OnOneProject_AreGivenChangedAndTaken(Db database)
    {
        var app = apps[database];
        var (owner, lead, member, mallory) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        await owner.FoundAsync();
        var project = await owner.ProjectAsync("Team");
        await lead.JoinAsync(owner, "project_admin", project);
        await member.JoinAsync(owner, "project_viewer");
        var members = $"/api/projects/{project}/members";

        var added = await lead.CallAsync($"POST {members}", new { userId = member.Id });
        Assert.Equal((HttpStatusCode.Created, "project_viewer"), (added.Status, added.Good.GetProperty("member").Text("role")));
        Assert.Equal((400, "User is already a member of this project"), (await lead.CallAsync($"POST {members}", new { userId = member.Id, role = "project_editor" })).Refusal);
        Assert.Equal((404, "User not found"), (await lead.CallAsync($"POST {members}", new { userId = mallory.Id })).Refusal);
        Assert.Equal(400, (await lead.CallAsync($"POST {members}", new { userId = member.Id, role = "org_admin" })).Refusal.Status);
        Assert.Equal((404, "Member not found in project"), (await lead.CallAsync($"PUT {members}", new { userId = mallory.Id, role = "project_viewer" })).Refusal);
        Assert.Equal("project_editor", (await lead.CallAsync($"PUT {members}", new { userId = member.Id, role = "project_editor" })).Good.GetProperty("member").Text("role"));

        var list = (await member.CallAsync($"GET {members}")).Good.GetProperty("members");
        Assert.Equal(["project_admin", "project_editor"], list.EnumerateArray().Select(row => row.Text("role")));
        Assert.Equal(member.Email, list[1].GetProperty("user").Text("email"));
        var grants = (await owner.CallAsync($"GET /api/projects/members/{member.Id}")).Data;
        Assert.Equal(("project_editor", "Team"), (grants.Text("role"), grants.GetProperty("projects")[0].Text("projectName")));
        Assert.Equal((404, "User not found"), (await owner.CallAsync($"GET /api/projects/members/{mallory.Id}")).Refusal);

        Assert.Equal(400, (await lead.CallAsync($"DELETE {members}")).Refusal.Status);
        foreach (var _ in new[] { 1, 2 })
            Assert.True((await lead.CallAsync($"DELETE {members}?userId={member.Id}")).Good.GetProperty("success").GetBoolean());   // twice is once
        Assert.Equal(0, await app.AskAsync(db => db.RoleAssignments.CountAsync(row => row.UserId == member.Id)));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Grants_AboveOnesOwn_AreRefused(Db database)
    {
        var app = apps[database];
        var (owner, lead, member) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        var place = await owner.FoundAsync();
        var project = await owner.ProjectAsync("Team");
        await lead.JoinAsync(owner, "project_editor", project);
        await member.JoinAsync(owner, "project_viewer");
        await app.GiveRoleAsync(place.Id, lead.Id, "projects:manage_members");
        var members = $"/api/projects/{project}/members";

        Assert.Equal((403, "A grant cannot be above your own role"), (await lead.CallAsync($"POST {members}", new { userId = member.Id, role = "project_admin" })).Refusal);
        Assert.Equal(HttpStatusCode.Created, (await lead.CallAsync($"POST {members}", new { userId = member.Id, role = "project_editor" })).Status);
        Assert.Equal((403, "A grant cannot be above your own role"), (await lead.CallAsync($"PUT {members}", new { userId = member.Id, role = "project_admin" })).Refusal);
        await owner.CallAsync($"PUT {members}", new { userId = member.Id, role = "project_admin" });
        Assert.Equal((403, "A grant cannot be above your own role"), (await lead.CallAsync($"PUT {members}", new { userId = member.Id, role = "project_viewer" })).Refusal);
        Assert.Equal((403, "A grant cannot be above your own role"), (await lead.CallAsync($"DELETE {members}?userId={member.Id}")).Refusal);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_ByOneWhoseRoleDoesNotWrite_GrantsHimTheProject(Db database)
    {
        var app = apps[database];
        var (owner, maker) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var place = await owner.FoundAsync();
        await maker.JoinAsync(owner, "project_viewer");
        await app.GiveRoleAsync(place.Id, maker.Id, "projects:create");

        var made = await maker.CallAsync("POST /api/projects", new { name = "Mine" });
        Assert.Equal("project_editor", made.Data.Text("role"));
        Assert.Equal(ProjectRole.ProjectEditor, BuiltInRoles.Find(await app.AskAsync(db => db.RoleAssignments.Where(row => row.UserId == maker.Id && row.ProjectId != null).Select(row => row.RoleId).SingleAsync()))!.Project);
    }

    [Fact]
    public async Task Create_OverTheLimit_Is409()
    {
        await using var app = await PlatformApp.StartAsync(settings: ("Organizations:MaxProjects", "3"));
        var owner = await app.CreateUserAsync();
        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => owner.CallAsync("POST /api/projects", new { name = $"P{i}" })));
        Assert.Equal(2, made.Count(answer => answer.Status == HttpStatusCode.Created));   // beside the default one
        Assert.All(made.Where(answer => answer.Status != HttpStatusCode.Created), answer => Assert.Equal(409, answer.Refusal.Status));
    }
}
