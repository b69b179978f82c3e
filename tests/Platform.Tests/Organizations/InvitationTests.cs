using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Organizations;

public sealed class InvitationTests(OrganizationApps apps) : IClassFixture<OrganizationApps>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Invitation_FromMailToMembership_TakesItsCourse(Db database)
    {
        var app = apps[database];
        var (owner, user) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var place = await owner.FoundAsync();
        var project = await owner.ProjectAsync("Docs");
        var sent = (await owner.CallAsync("POST /api/organizations/members/invite", new { email = user.Email.ToUpperInvariant(), role = "project_editor", selectedProjects = new object[] { new { id = project } } })).Data;
        Assert.Equal((user.Email, "project_editor", "pending", true, JsonValueKind.Null), (sent.Text("email"), sent.Text("role"), sent.Text("status"), sent.GetProperty("emailSent").GetBoolean(), sent.GetProperty("emailError").ValueKind));
        var link = (await apps.Mail.WaitForAsync(user.Email)).Link("/invite/");
        Assert.Equal(sent.Text("inviteLink"), link.ToString());
        var token = link.Segments[^1];
        Assert.Equal(32, System.Buffers.Text.Base64Url.DecodeFromChars(token).Length);
        Assert.Equal(0, await app.AskAsync(db => db.Invitations.CountAsync(row => row.TokenHash.Contains(token))));
        Assert.DoesNotContain(token, JsonSerializer.Serialize(await app.AskAsync(db => db.Events.Where(raised => raised.AggregateId == place.Id.ToString()).ToListAsync())), StringComparison.Ordinal);

        var shown = (await app.Anonymous.CallAsync($"GET /api/invite/{token}")).Data;
        Assert.Equal((place.Name, user.Email, "project_editor", owner.Email), (shown.Text("organizationName"), shown.Text("email"), shown.Text("role"), shown.Text("inviterEmail")));
        var joined = (await user.CallAsync($"POST /api/invite/{token}")).Data;
        Assert.Equal((place.Name, "project_editor"), (joined.Text("organizationName"), joined.Text("role")));
        Assert.Equal(project, (await user.CallAsync("GET /api/projects")).Good.GetProperty("currentProject").GetProperty("id").GetGuid());
        var member = await app.AskAsync(db => db.Memberships.SingleAsync(row => row.UserId == user.Id && row.OrganizationId == place.Id));
        Assert.Equal((OrganizationRole.Member, true, owner.Id), (member.Role, member.ProjectBound, member.InvitedBy));

        const string over = "Invitation has already been used or cancelled";
        Assert.Equal((400, over), (await user.CallAsync($"POST /api/invite/{token}")).Refusal);
        Assert.Equal((400, over), (await app.Anonymous.CallAsync($"GET /api/invite/{token}")).Refusal);
        Assert.Equal("accepted", (await owner.CallAsync("GET /api/organizations/invitations")).Data[0].Text("status"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Invite_AgainstTheRules_IsRefused(Db database)
    {
        var app = apps[database];
        var (owner, admin, viewer, stranger) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        await owner.FoundAsync();
        await admin.JoinAsync(owner, "org_admin");
        await viewer.JoinAsync(owner, "project_viewer");
        var foreign = (await stranger.CallAsync("GET /api/projects")).Data[0].GetProperty("id").GetGuid();
        var fresh = $"{Guid.NewGuid():N}@example.com";

        foreach (var body in new object[] { new { email = "no-address", role = "org_admin" }, new { email = fresh }, new { email = fresh, role = "org_owner" }, new { email = fresh, role = "owner" }, new { role = "org_admin" }, new { email = fresh, role = "project_editor" }, new { email = fresh, role = "project_admin", selectedProjects = new[] { foreign } } })
            Assert.Equal(400, (await InviteAsync(owner, body)).Refusal.Status);
        Assert.Equal((403, "Your role does not allow this change"), (await InviteAsync(admin, new { email = fresh, role = "org_admin" })).Refusal);
        Assert.Equal((403, "Insufficient permissions"), (await InviteAsync(viewer, new { email = fresh, role = "project_viewer" })).Refusal);
        Assert.Equal((400, "User is already a member of this organization"), (await InviteAsync(owner, new { email = viewer.Email, role = "project_viewer" })).Refusal);
        Assert.Equal(HttpStatusCode.OK, (await InviteAsync(admin, new { email = fresh, role = "project_viewer" })).Status);
        Assert.Equal((400, "A pending invitation already exists for this email"), (await InviteAsync(owner, new { email = fresh.ToUpperInvariant(), role = "project_viewer" })).Refusal);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Accept_ByTheWrongOneOrWithABadToken_IsRefused(Db database)
    {
        var app = apps[database];
        var (owner, user, member) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        await owner.FoundAsync();
        await member.JoinAsync(owner, "project_viewer");
        var token = await owner.InviteAsync(user.Email, "project_viewer");

        Assert.Equal((400, "This invitation is for a different email address"), (await member.CallAsync($"POST /api/invite/{token}")).Refusal);
        foreach (var bad in new[] { "x", token[..^1], token + "A", new string('a', 500) })
        {
            Assert.Equal((404, "Invitation not found"), (await user.CallAsync($"POST /api/invite/{bad}")).Refusal);
            Assert.Equal((404, "Invitation not found"), (await app.Anonymous.CallAsync($"GET /api/invite/{bad}")).Refusal);
        }
        Assert.Equal((401, "Authentication required"), (await app.Anonymous.CallAsync($"POST /api/invite/{token}")).Refusal);

        // one who became a member on another way keeps the link, which is his no more
        await app.AskAsync(async db =>
        {
            var organization = await db.Invitations.Where(row => row.Email == user.Email).Select(row => row.OrganizationId).SingleAsync();
            db.Add(new Membership { Id = Guid.CreateVersion7(), OrganizationId = organization, UserId = user.Id, Role = OrganizationRole.Viewer, JoinedAt = DateTimeOffset.UnixEpoch });
            return await db.SaveChangesAsync();
        });
        Assert.Equal((400, "User is already a member of this organization"), (await user.CallAsync($"POST /api/invite/{token}")).Refusal);
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous.CallAsync($"GET /api/invite/{token}")).Status);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Accept_AfterTheProjectIsGone_IsRefusedAndChangesNothing(Db database)
    {
        var app = apps[database];
        var (owner, user) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var place = await owner.FoundAsync();
        var project = await owner.ProjectAsync("Short lived");
        var token = await owner.InviteAsync(user.Email, "project_editor", project);
        await owner.CallAsync($"DELETE /api/projects/{project}");

        Assert.Equal((400, "One or more selected projects are invalid for this organization"), (await user.CallAsync($"POST /api/invite/{token}")).Refusal);
        Assert.Equal("pending", (await owner.CallAsync("GET /api/organizations/invitations")).Data[0].Text("status"));
        Assert.False(await app.AskAsync(db => db.Memberships.AnyAsync(row => row.UserId == user.Id && row.OrganizationId == place.Id)));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Accept_AfterTheInviterLostTheRight_MakesAViewer(Db database)
    {
        var app = apps[database];
        var (owner, admin, gone, first, second) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        var place = await owner.FoundAsync();
        await admin.JoinAsync(owner, "org_admin");
        await gone.JoinAsync(owner, "org_admin");
        var byAdmin = await admin.InviteAsync(first.Email, "project_admin", place.Project);
        var byGone = await gone.InviteAsync(second.Email, "project_editor", place.Project);
        await owner.CallAsync($"PUT /api/organizations/members/{admin.Id}", new { role = "project_viewer" });
        await owner.CallAsync($"DELETE /api/organizations/members/{gone.Id}");

        Assert.Equal("project_viewer", (await first.CallAsync($"POST /api/invite/{byAdmin}")).Data.Text("role"));
        Assert.Equal("project_viewer", (await second.CallAsync($"POST /api/invite/{byGone}")).Data.Text("role"));
        Assert.Equal(0, await app.AskAsync(db => db.RoleAssignments.CountAsync(row => row.UserId == first.Id || row.UserId == second.Id)));
        Assert.Equal(2, await app.AskAsync(db => db.Memberships.CountAsync(row => (row.UserId == first.Id || row.UserId == second.Id) && row.OrganizationId == place.Id && row.Role == OrganizationRole.Viewer)));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Cancel_KillsTheLink(Db database)
    {
        var app = apps[database];
        var (owner, admin, user) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        await owner.FoundAsync();
        await admin.JoinAsync(owner, "org_admin");
        var sent = (await InviteAsync(owner, new { email = user.Email, role = "org_admin" })).Data;
        var path = $"/api/organizations/members/invite/{sent.Text("id")}";

        Assert.Equal((403, "Your role does not allow this change"), (await admin.CallAsync($"DELETE {path}")).Refusal);
        Assert.Equal((403, "Your role does not allow this change"), (await admin.CallAsync($"POST {path}")).Refusal);
        foreach (var _ in new[] { 1, 2 })
            Assert.Equal(HttpStatusCode.OK, (await owner.CallAsync($"DELETE {path}")).Status);
        Assert.Equal((400, "Invitation has already been used or cancelled"), (await user.CallAsync($"POST /api/invite/{Calls.TokenOf(sent)}")).Refusal);
        Assert.Equal("cancelled", (await owner.CallAsync("GET /api/organizations/invitations")).Data.OneOf("id", sent.Text("id"), "status"));
        Assert.Equal((404, "Invitation not found"), (await owner.CallAsync($"DELETE /api/organizations/members/invite/{Guid.NewGuid()}")).Refusal);
        Assert.Equal((404, "Invitation not found"), (await user.CallAsync($"DELETE {path}")).Refusal);   // in his own organization there is none
        Assert.Equal(HttpStatusCode.OK, (await InviteAsync(owner, new { email = user.Email, role = "project_viewer" })).Status);   // the address is free again
    }

    [Fact]
    public async Task Invite_WithAnIdempotencyKey_NeverShowsTheLinkAgain()
    {
        var owner = await apps[Db.Sqlite].CreateUserAsync();
        await owner.FoundAsync();
        var body = new { email = $"{Guid.NewGuid():N}@example.com", role = "project_viewer" };
        var token = Calls.TokenOf((await owner.CallAsync("POST /api/organizations/members/invite", body, ("Idempotency-Key", "invite"))).Data);
        Assert.Equal(409, (await owner.CallAsync("POST /api/organizations/members/invite", body, ("Idempotency-Key", "invite"))).Refusal.Status);
        Assert.DoesNotContain(token, JsonSerializer.Serialize(await apps[Db.Sqlite].AskAsync(db => db.Set<Platform.Events.IdempotencyKey>().ToListAsync())), StringComparison.Ordinal);
    }

    private static Task<Answer> InviteAsync(TestUser inviter, object body) => inviter.CallAsync("POST /api/organizations/members/invite", body);
}
