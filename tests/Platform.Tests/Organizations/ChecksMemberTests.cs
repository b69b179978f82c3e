using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Functions.Events;
using Platform.Functions.Http;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Organizations;

public sealed class ChecksMemberTests(OrganizationApps apps) : IClassFixture<OrganizationApps>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Members_RoleAndGrants_AreReplacedTogether(Db database)
    {
        var app = apps[database];
        var (owner, user) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var place = await owner.FoundAsync();
        var (first, second) = (await owner.ProjectAsync("First"), await owner.ProjectAsync("Second"));
        await user.JoinAsync(owner, "project_editor", first);

        var changed = await owner.CallAsync($"PUT /api/organizations/members/{user.Id}", new { role = "project_admin", projectAssignments = new object[] { second, new { projectId = first } } });
        Assert.Equal(("project_admin", "project_editor", user.Id.ToString()), (changed.Data.Text("newRole"), changed.Data.Text("oldRole"), changed.Data.Text("memberId")));
        var row = (await owner.CallAsync("GET /api/organizations/members")).Data.GetProperty("members").EnumerateArray().Single(member => member.Text("id") == user.Id.ToString());
        Assert.Equal(("project_admin", user.Email), (row.Text("role"), row.Text("email")));
        Assert.Equal(["First", "Second"], row.GetProperty("projects").EnumerateArray().Select(project => project.Text("projectName")));

        changed = await owner.CallAsync($"PUT /api/organizations/members/{user.Id}", new { role = "org_admin" });
        Assert.Equal("project_admin", changed.Data.Text("oldRole"));
        Assert.Equal(0, await app.AskAsync(db => db.RoleAssignments.CountAsync(assignment => assignment.UserId == user.Id)));
        var stored = await app.AskAsync(db => db.Memberships.SingleAsync(member => member.UserId == user.Id && member.OrganizationId == place.Id));
        Assert.Equal((OrganizationRole.Admin, false), (stored.Role, stored.ProjectBound));
        Assert.Equal(HttpStatusCode.OK, (await user.CallAsync("GET /api/organizations/members")).Status);   // acts at once
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Members_BoundToProjects_AreViewersElsewhere(Db database)
    {
        var app = apps[database];
        var (owner, user) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var place = await owner.FoundAsync();
        var project = await owner.ProjectAsync("Granted");
        await user.JoinAsync(owner, "project_editor", project);

        var run = new { script = "print(1)" };
        Assert.Equal(HttpStatusCode.OK, (await user.CallAsync("POST /api/v1/execute", run)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await user.CallAsync("POST /api/v1/execute", run, ("X-Project-Id", $"{place.Project}"))).Status);
        await user.SwitchAsync(place.Project);
        Assert.Equal(HttpStatusCode.Forbidden, (await user.CallAsync("POST /api/v1/execute", run)).Status);
        Assert.Equal(HttpStatusCode.OK, (await user.CallAsync("POST /api/v1/execute", run, ("X-Project-Id", $"{project}"))).Status);

        await owner.CallAsync($"PUT /organizations/current/members/{user.Id}", new { role = "member" });   // another face unbinds him
        Assert.Equal(HttpStatusCode.OK, (await user.CallAsync("POST /api/v1/execute", run)).Status);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Members_ChangesAgainstTheRules_AreRefused(Db database)
    {
        var app = apps[database];
        var (owner, admin, other, viewer) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        await owner.FoundAsync();
        await admin.JoinAsync(owner, "org_admin");
        await other.JoinAsync(owner, "org_admin");
        await viewer.JoinAsync(owner, "project_viewer");
        const string rank = "Your role does not allow this change";

        Assert.Equal((403, rank), (await SetAsync(admin, owner, "project_viewer")).Refusal);
        Assert.Equal((403, rank), (await SetAsync(admin, other, "project_viewer")).Refusal);
        Assert.Equal((403, rank), (await SetAsync(admin, viewer, "org_admin")).Refusal);
        Assert.Equal((403, "You cannot change your own role"), (await SetAsync(admin, admin, "project_viewer")).Refusal);
        Assert.Equal((403, rank), (await SetAsync(owner, owner, "org_admin")).Refusal);
        Assert.Equal((403, "Insufficient permissions"), (await SetAsync(viewer, viewer, "org_admin")).Refusal);
        foreach (var (user, text) in new[] { (owner, rank), (other, rank), (admin, "You cannot remove yourself") })
            Assert.Equal((403, text), (await admin.CallAsync($"DELETE /api/organizations/members/{user.Id}")).Refusal);
        Assert.Equal((403, "Insufficient permissions"), (await viewer.CallAsync($"DELETE /api/organizations/members/{admin.Id}")).Refusal);

        Assert.Equal((404, "Member not found"), (await owner.CallAsync($"PUT /api/organizations/members/{Guid.NewGuid()}", new { role = "org_admin" })).Refusal);
        Assert.Equal((404, "Member not found"), (await owner.CallAsync("DELETE /api/organizations/members/nobody")).Refusal);
        foreach (var body in new object[] { new { }, new { role = "org_owner" }, new { role = "admin" }, new { role = "org_admin", projectAssignments = 5 } })
            Assert.Equal(400, (await owner.CallAsync($"PUT /api/organizations/members/{viewer.Id}", body)).Refusal.Status);
        Assert.Equal("project_editor", (await SetAsync(admin, viewer, "project_editor", (await owner.CallAsync("GET /api/projects")).Data[0].GetProperty("id").GetGuid())).Data.Text("newRole"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Members_ProjectRolesWithBadProjects_AreRefused(Db database)
    {
        var app = apps[database];
        var (owner, user, stranger) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        await owner.FoundAsync();
        var archived = await owner.ProjectAsync("Archived");
        await owner.CallAsync($"PUT /api/projects/{archived}", new { name = "Archived", status = "archived" });
        await user.JoinAsync(owner, "project_viewer");
        var foreign = (await stranger.CallAsync("GET /api/projects")).Data[0].GetProperty("id").GetGuid();

        const string invalid = "One or more selected projects are invalid for this organization";
        foreach (var projects in new Guid[][] { [], [foreign], [archived], [Guid.NewGuid()] })
            Assert.Equal((400, invalid), (await SetAsync(owner, user, "project_editor", projects)).Refusal);
        Assert.Equal((400, invalid), (await owner.CallAsync($"PUT /api/organizations/members/{user.Id}", new { role = "project_editor", projectAssignments = new[] { "nonsense" } })).Refusal);
        Assert.Equal(400, (await SetAsync(owner, user, "project_editor", [.. Enumerable.Range(0, 51).Select(_ => Guid.NewGuid())])).Refusal.Status);
        Assert.Equal("project_viewer", (await owner.CallAsync("GET /api/organizations/members")).Data.GetProperty("members").OneOf("id", user.Id, "role"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Members_Removed_LoseEverythingAtOnceAndGoHome(Db database)
    {
        var app = apps[database];
        var (owner, user) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var home = (await user.CallAsync("GET /api/organizations/current")).Data.Text("id");
        var place = await owner.FoundAsync();
        await user.JoinAsync(owner, "project_admin", place.Project);
        Assert.Equal(place.Id.ToString(), Active((await user.CallAsync("GET /api/organizations")).Data));

        var removed = await owner.CallAsync($"DELETE /api/organizations/members/{user.Id}");
        Assert.Equal("project_admin", removed.Data.Text("removedRole"));
        Assert.Equal(home, Active((await user.CallAsync("GET /api/organizations")).Data));   // same token, other place
        Assert.Equal((404, "Organization not found"), (await user.CallAsync($"GET /api/organizations/{place.Id}")).Refusal);
        Assert.Equal(404, (await user.CallAsync("GET /api/projects", null, ("X-Project-Id", $"{place.Project}"))).Refusal.Status);
        Assert.Equal(0, await app.AskAsync(db => db.RoleAssignments.CountAsync(assignment => assignment.UserId == user.Id)));
        Assert.Equal((404, "Member not found"), (await owner.CallAsync($"DELETE /api/organizations/members/{user.Id}")).Refusal);

        await Until.TrueAsync(
            async () => await app.AskAsync(db => db.Notifications.AnyAsync(notice => notice.UserId == user.Id && notice.Subject == $"Removed from {place.Name}")),
            "the removed member is told");

        static string Active(System.Text.Json.JsonElement list) => list.EnumerateArray().Single(row => row.GetProperty("isActive").GetBoolean()).Text("id");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Members_Removed_LoseTheirStreams(Db database)
    {
        var app = apps[database];
        var (owner, user) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var home = (await user.CallAsync("GET /api/projects")).Good.GetProperty("currentProject").GetProperty("id").GetGuid();
        await owner.FoundAsync();
        await user.JoinAsync(owner, "project_viewer");
        var (sessions, access) = (app.Services.GetRequiredService<SessionDirectory>(), app.Services.GetRequiredService<AccessDirectory>());
        var claims = (await app.Services.GetRequiredService<SessionTokens>().CheckAsync(user.Token))!;
        var session = (await sessions.FindAsync(claims.SessionId, default))!;
        var opened = new ApiRequest(new DefaultHttpContext(), app.Services.GetRequiredService<OperationCatalog>().All[0])
        {
            Session = session,
            Caller = session.ByBearer,
            CredentialExpiresAt = claims.ExpiresAt,
        };
        var streams = new StreamAccess(sessions, app.Services.GetRequiredService<TokenDirectory>(), access, TimeProvider.System);

        await user.SwitchAsync(home);
        Assert.True(await streams.IsOpenAsync(opened, default));   // being elsewhere now is no end
        _ = (await owner.CallAsync($"DELETE /api/organizations/members/{user.Id}")).Data;
        Assert.False(await streams.IsOpenAsync(opened, default));
        Assert.Equal(HttpStatusCode.OK, (await user.CallAsync("GET /api/organizations")).Status);   // the session goes on
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Members_Changes_AreAuditedRaisedAndTold(Db database)
    {
        var app = apps[database];
        var (owner, user) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var place = await owner.FoundAsync();
        await user.JoinAsync(owner, "project_viewer");
        _ = (await SetAsync(owner, user, "org_admin")).Data;
        await SetAsync(user, owner, "project_viewer");   // refused

        var entries = await app.AskAsync(db => db.AuditEntries.Where(entry => entry.OrganizationId == place.Id).OrderBy(entry => entry.Id).ToListAsync());
        Assert.Contains(entries, entry => entry.Action == "team.join" && entry.ActorId == user.Id && entry.Outcome == AuditOutcome.Success);
        var change = Assert.Single(entries, entry => entry is { Action: "team.role_change", Outcome: AuditOutcome.Success });
        Assert.Equal(("member", user.Id.ToString(), owner.Id), (change.ResourceType, change.ResourceId, change.ActorId));
        Assert.Equal("role: viewer -> admin", string.Join(", ", change.ReadChanges().Select(field => $"{field.Field}: {field.From} -> {field.To}")));
        Assert.Single(entries, entry => entry is { Action: "team.role_change", Outcome: AuditOutcome.Denied } && entry.ActorId == user.Id);
        Assert.Equal(
            ["organization.created", "invitation.created", "team.member.added", "team.member.updated"],
            await app.AskAsync(db => db.Events.Where(raised => raised.AggregateId == place.Id.ToString()).OrderBy(raised => raised.EventId).Select(raised => raised.EventType).ToListAsync()));

        await Until.TrueAsync(async () => await ToldAsync(user, $"Your access to {place.Name} changed"), "the member is told");
        await Until.TrueAsync(async () => await ToldAsync(owner, $"New member of {place.Name}"), "the owner is told");

        Task<bool> ToldAsync(TestUser whom, string subject) =>
            app.AskAsync(db => db.Notifications.AnyAsync(notice => notice.UserId == whom.Id && notice.Subject == subject && notice.Type == Platform.Notifications.NotificationType.AccountUpdate));
    }

    private static Task<Answer> SetAsync(TestUser actor, TestUser member, string role, params Guid[] projects) =>
        actor.CallAsync($"PUT /api/organizations/members/{member.Id}", new { role, projectAssignments = projects });
}
