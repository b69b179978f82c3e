using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Organizations;

/// <summary>Giving members roles and taking them away, through HTTP.</summary>
public sealed class AssignmentTests(OrganizationApps apps) : IClassFixture<OrganizationApps>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Assign_CustomRole_ActsOnTheNextRequestAndIsTold(Db database)
    {
        var team = await TestTeam.FormAsync(apps[database]);
        var role = await team.RoleAsync("maker", ["roles:manage"]);
        var end = DateTimeOffset.UtcNow.AddDays(30);
        var assigned = await team.AssignAsync(team.Admin, team.Viewer, role, new { expiresAt = end });
        Assert.Equal(HttpStatusCode.Created, assigned.Status);
        var row = assigned.Data;
        Assert.Equal((team.Viewer.Id, role, "maker", team.Admin.Id), (row.GetProperty("userId").GetGuid(), row.GetProperty("roleId").GetGuid(), row.Text("roleName"), row.GetProperty("assignedBy").GetGuid()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, row.GetProperty("projectId").ValueKind);
        Assert.Equal(end, row.GetProperty("expiresAt").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        Assert.Equal(HttpStatusCode.Created, (await team.Viewer.CallAsync("POST /api/security/roles", new { name = "made", permissions = Array.Empty<string>() })).Status);
        await Until.TrueAsync(
            async () => (await team.Viewer.Client.GetStringAsync("/api/v1/notifications")).Contains($"Your role in {team.Place.Name} is maker.", StringComparison.Ordinal), "the member is told");

        var again = await team.AssignAsync(team.Admin, team.Viewer, role);
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, again.Data.GetProperty("expiresAt").ValueKind);
        var entry = (await team.AuditAsync("role.assign"))[0];
        Assert.Equal((AuditOutcome.Success, team.Viewer.Id.ToString(), team.Viewer.Username), (entry.Outcome, entry.ResourceId, entry.ResourceName));
        Assert.Contains(entry.ReadChanges(), change => change.Field == "role" && change.To!.ToString() == "maker");

        var gone = await team.Admin.CallAsync($"DELETE /api/security/users/{team.Viewer.Id}/roles/{role}");
        Assert.True(gone.Data.GetProperty("removed").GetBoolean());
        (await team.Viewer.CallAsync("POST /api/security/roles", new { name = "more", permissions = Array.Empty<string>() })).AssertRefused(403, "forbidden");
        (await team.Admin.CallAsync($"DELETE /api/security/users/{team.Viewer.Id}/roles/{role}")).AssertRefused(404, "not_assigned");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Assign_BuiltInRole_IsTheMembershipsOrAGrantOnAProject(Db database)
    {
        var team = await TestTeam.FormAsync(apps[database]);
        var (member, admin, owner) = (TestTeam.IdOf(OrganizationRole.Member), TestTeam.IdOf(OrganizationRole.Admin), TestTeam.IdOf(OrganizationRole.Owner));
        var set = await team.AssignAsync(team.Admin, team.Viewer, member);
        Assert.Equal((HttpStatusCode.OK, "member"), (set.Status, set.Data.Text("roleName")));
        Assert.Equal("member", (await team.RowAsync(team.Viewer)).Text("role"));
        (await team.Admin.CallAsync($"DELETE /api/security/users/{team.Viewer.Id}/roles/{member}")).AssertRefused(409, "base_role");
        (await team.Admin.CallAsync($"DELETE /api/security/users/{team.Viewer.Id}/roles/{admin}")).AssertRefused(404, "not_assigned");
        (await team.AssignAsync(team.Admin, team.Viewer, member, new { expiresAt = DateTimeOffset.UtcNow.AddDays(1) })).AssertRefused(400, "validation_failed");

        var project = team.Place.Project;
        Assert.Equal(HttpStatusCode.Created, (await team.AssignAsync(team.Admin, team.Viewer, member, new { projectId = project })).Status);
        Assert.Equal(HttpStatusCode.Created, (await team.AssignAsync(team.Admin, team.Viewer, admin, new { projectId = project })).Status);
        Assert.Equal(HttpStatusCode.OK, (await team.AssignAsync(team.Admin, team.Viewer, admin, new { projectId = project })).Status);
        var roles = (await team.RowAsync(team.Viewer)).GetProperty("customRoles");
        Assert.Equal((1, "admin", project), (roles.GetArrayLength(), roles[0].Text("name"), roles[0].GetProperty("projectId").GetGuid()));
        (await team.AssignAsync(team.Owner, team.Viewer, owner, new { projectId = project })).AssertRefused(400, "validation_failed");
        (await team.Admin.CallAsync($"DELETE /api/security/users/{team.Viewer.Id}/roles/{member}?projectId={project}")).AssertRefused(404, "not_assigned");
        _ = (await team.Admin.CallAsync($"DELETE /api/security/users/{team.Viewer.Id}/roles/{admin}?projectId={project}")).Good;
        Assert.Equal(0, (await team.RowAsync(team.Viewer)).GetProperty("customRoles").GetArrayLength());
    }

    [Fact]
    public async Task Assign_BadInput_Is400AndForeignProjects404()
    {
        var team = await TestTeam.FormAsync(apps[Db.Sqlite]);
        var foreign = (await TestTeam.FormAsync(apps[Db.Sqlite])).Place.Project;
        var role = await team.RoleAsync("role", []);
        (await team.AssignAsync(team.Owner, team.Viewer, role, new { expiresAt = DateTimeOffset.UtcNow.AddMinutes(-1) })).AssertRefused(400, "validation_failed");
        (await team.AssignAsync(team.Owner, team.Viewer, role, new { expiresAt = DateTimeOffset.UtcNow.AddDays(367) })).AssertRefused(400, "validation_failed");
        (await team.AssignAsync(team.Owner, team.Viewer, role, new { projectId = "x" })).AssertRefused(400, "validation_failed");
        (await team.AssignAsync(team.Owner, team.Viewer, role, new { projectId = foreign })).AssertRefused(404, "not_found");
        (await team.Owner.CallAsync($"DELETE /api/security/users/{team.Viewer.Id}/roles/{role}?projectId=x")).AssertRefused(400, "validation_failed");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Assignment_PastItsEnd_StopsCountingAndIsDeletedByTheTimer(Db database)
    {
        var clock = new ShiftedClock();
        await using var app = await PlatformApp.StartAsync(database, configure: services => services.AddSingleton<TimeProvider>(clock), settings: OrganizationApps.Unlimited);
        var team = await TestTeam.FormAsync(app);
        var role = await team.RoleAsync("maker", ["roles:manage"]);
        _ = (await team.AssignAsync(team.Owner, team.Viewer, role, new { expiresAt = clock.GetUtcNow().AddMinutes(10) })).Good;
        _ = (await team.AssignAsync(team.Owner, team.Member, role, new { expiresAt = clock.GetUtcNow().AddMinutes(30) })).Good;

        clock.Advance(TimeSpan.FromMinutes(11));
        await Until.TrueAsync(
            async () => (await team.Viewer.CallAsync("POST /api/security/roles", new { name = "no", permissions = Array.Empty<string>() })).Status == HttpStatusCode.Forbidden, "it counts no more");
        Assert.Equal(1, (await team.Owner.CallAsync("GET /api/security/roles?type=custom")).Data[0].GetProperty("memberCount").GetInt32());

        await app.Services.GetRequiredService<ExpiredAssignments>().DeleteAsync(CancellationToken.None);
        Assert.Equal([team.Member.Id], await app.AskAsync(db => db.RoleAssignments.Where(row => row.RoleId == role).Select(row => row.UserId).ToListAsync()));
        var entry = Assert.Single(await team.AuditAsync("role.assignment_expired"));
        Assert.Equal((AuditActor.System, team.Viewer.Id.ToString()), (entry.ActorType, entry.ResourceId));

        // An expired row that the timer has not seen is no assignment.
        clock.Advance(TimeSpan.FromMinutes(20));
        (await team.Owner.CallAsync($"DELETE /api/security/users/{team.Member.Id}/roles/{role}")).AssertRefused(404, "not_assigned");
        Assert.Equal(HttpStatusCode.Created, (await team.AssignAsync(team.Owner, team.Member, role)).Status);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Assign_ToABoundMember_GivesMembersRightsOnTheProjectToo(Db database)
    {
        var team = await TestTeam.FormAsync(apps[database]);
        var bound = await apps[database].CreateUserAsync();
        await bound.JoinAsync(team.Owner, "project_editor", team.Place.Project);
        var other = await team.Owner.ProjectAsync("Other");
        await team.Owner.SwitchAsync(team.Place.Project);

        // Who holds the project role there, and not what a member holds, cannot make a bound member a member of the project.
        var viewerRole = TestTeam.IdOf(OrganizationRole.Viewer);
        _ = (await team.AssignAsync(team.Owner, team.Viewer, await team.RoleAsync("assigner", ["roles:assign"]))).Good;
        (await team.AssignAsync(team.Viewer, bound, viewerRole, new { projectId = other })).AssertRefused(403, "privilege_escalation");
        Assert.Equal(HttpStatusCode.Created, (await team.AssignAsync(team.Viewer, team.Member, viewerRole, new { projectId = other })).Status);
    }
}
