using System.Net;
using Platform.Audit;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Organizations;

/// <summary>Who may grant what: the rules of delivery.md §4.3, each through HTTP.</summary>
public sealed class GrantRuleTests(OrganizationApps apps) : IClassFixture<OrganizationApps>
{
    private const string Escalation = "privilege_escalation";

    [Theory]
    [InlineData("organizations:delete")]
    [InlineData("*:read")]       // he holds every one of them today, and not the names to come
    [InlineData("tests:*")]
    [InlineData("*")]
    public async Task Rule1_WhatOneDoesNotHold_GoesIntoNoRole(string permission)
    {
        var team = await TestTeam.FormAsync(apps[Db.Sqlite]);
        var refused = await team.Admin.CallAsync("POST /api/security/roles", new { name = "more", permissions = new[] { "builds:read", permission } });
        refused.AssertRefused(403, Escalation);
        Assert.Equal(permission, refused.Body.GetProperty("details").Text("missing"));
        var entry = Assert.Single(await team.AuditAsync("role.create"));
        Assert.Equal((AuditOutcome.Denied, "member.privilege_escalation", team.Admin.Id), (entry.Outcome, entry.Reason, entry.ActorId!.Value));

        var role = await team.RoleAsync("role", ["builds:read"]);
        (await team.Admin.CallAsync($"PATCH /api/security/roles/{role}", new { permissions = new[] { permission } })).AssertRefused(403, Escalation);
        foreach (var mode in new[] { "add", "replace" })
            (await team.Admin.CallAsync($"POST /api/security/roles/{role}/permissions", new { permissions = new[] { permission }, mode })).AssertRefused(403, Escalation);
        _ = (await team.Owner.CallAsync($"PATCH /api/security/roles/{role}", new { permissions = new[] { permission } })).Good;
    }

    [Theory]
    [InlineData("builds:*")]
    [InlineData("databases:*")]
    [InlineData("tests:delete")]
    public async Task Rule1_WhatOneHolds_Goes(string permission)
    {
        var team = await TestTeam.FormAsync(apps[Db.Sqlite]);
        Assert.Equal(HttpStatusCode.Created, (await team.Admin.CallAsync("POST /api/security/roles", new { name = "fine", permissions = new[] { permission } })).Status);
    }

    [Fact]
    public async Task Rule1_AWildcardThatARoleGave_MayBePassedOn()
    {
        var team = await TestTeam.FormAsync(apps[Db.Sqlite]);
        _ = (await team.AssignAsync(team.Owner, team.Member, await team.RoleAsync("maker", ["roles:*", "tests:*"]))).Good;
        Assert.Equal(HttpStatusCode.Created, (await team.Member.CallAsync("POST /api/security/roles", new { name = "tester", permissions = new[] { "tests:*", "tests:read" } })).Status);
        (await team.Member.CallAsync("POST /api/security/roles", new { name = "jobber", permissions = new[] { "jobs:*" } })).AssertRefused(403, Escalation);
    }

    [Fact]
    public async Task Rule1_Inheriting_IsGiving()
    {
        var team = await TestTeam.FormAsync(apps[Db.Sqlite]);
        _ = (await team.AssignAsync(team.Owner, team.Member, await team.RoleAsync("maker", ["roles:*"]))).Good;
        var strong = await team.RoleAsync("strong", ["organizations:delete"]);
        foreach (var parent in new[] { TestTeam.IdOf(OrganizationRole.Admin), strong })
            (await team.Member.CallAsync("POST /api/security/roles", new { name = "heir", permissions = Array.Empty<string>(), inherits = new[] { parent } })).AssertRefused(403, Escalation);
        Assert.Equal(HttpStatusCode.Created, (await team.Member.CallAsync("POST /api/security/roles", new { name = "heir", permissions = Array.Empty<string>(), inherits = new[] { TestTeam.IdOf(OrganizationRole.Member) } })).Status);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Rule1_OnAProject_CountsWhatOneHoldsThere(Db database)
    {
        var team = await TestTeam.FormAsync(apps[database]);
        var (here, there) = (team.Place.Project, await team.Owner.ProjectAsync("There"));
        await team.Owner.SwitchAsync(here);
        var assigner = await team.RoleAsync("assigner", ["roles:assign", "domains:manage"]);
        var given = await team.RoleAsync("given", ["domains:manage"]);
        Assert.Equal(HttpStatusCode.Created, (await team.AssignAsync(team.Owner, team.Member, assigner, new { projectId = here })).Status);

        Assert.Equal(HttpStatusCode.Created, (await team.AssignAsync(team.Member, team.Viewer, given, new { projectId = here })).Status);
        (await team.AssignAsync(team.Member, team.Viewer, given, new { projectId = there })).AssertRefused(403, "forbidden");
        (await team.AssignAsync(team.Member, team.Viewer, given)).AssertRefused(403, "forbidden");
        (await team.Member.CallAsync($"DELETE /api/security/users/{team.Viewer.Id}/roles/{given}?projectId={here}")).Good.GetProperty("data");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Rule2_ARoleWithMoreThanOneHolds_IsNotTouched(Db database)
    {
        var team = await TestTeam.FormAsync(apps[database]);
        var strong = await team.RoleAsync("strong", ["organizations:delete", "builds:read"]);
        var heir = await team.RoleAsync("heir", [], strong);
        foreach (var role in new[] { strong, heir })
        {
            _ = (await team.AssignAsync(team.Owner, team.Viewer, role)).Good;
            (await team.Admin.CallAsync($"PATCH /api/security/roles/{role}", new { name = "weak" })).AssertRefused(403, Escalation);
            (await team.Admin.CallAsync($"POST /api/security/roles/{role}/permissions", new { permissions = new[] { "builds:read" }, mode = "remove" })).AssertRefused(403, Escalation);
            (await team.Admin.CallAsync($"DELETE /api/security/roles/{role}?force=true")).AssertRefused(403, Escalation);
            (await team.AssignAsync(team.Admin, team.Member, role)).AssertRefused(403, Escalation);
            (await team.AssignAsync(team.Admin, team.Viewer, role, new { expiresAt = DateTimeOffset.UtcNow.AddDays(1) })).AssertRefused(403, Escalation);
            (await team.Admin.CallAsync($"DELETE /api/security/users/{team.Viewer.Id}/roles/{role}")).AssertRefused(403, Escalation);
            (await team.Admin.CallAsync($"PATCH /api/team/members/{await team.MembershipAsync(team.Viewer)}/role", new { customRoleIds = Array.Empty<Guid>() })).AssertRefused(403, Escalation);
        }
        (await team.Admin.CallAsync($"PATCH /api/team/members/{await team.MembershipAsync(team.Member)}/role", new { customRoleIds = new[] { heir } })).AssertRefused(403, Escalation);
        (await team.Admin.CallAsync("POST /api/team/members", new { email = "new@example.com", customRoleIds = new[] { heir } })).AssertRefused(403, Escalation);
        Assert.All(await team.AuditAsync("role.unassign"), entry => Assert.Equal(AuditOutcome.Denied, entry.Outcome));
    }

    [Theory]
    [InlineData("admin", "member", "viewer", 200, null)]
    [InlineData("admin", "viewer", "member", 200, null)]
    [InlineData("admin", "member", "admin", 403, Escalation)]
    [InlineData("admin", "viewer", "owner", 403, Escalation)]
    [InlineData("admin", "admin", "viewer", 403, Escalation)]
    [InlineData("admin", "owner", "viewer", 403, Escalation)]
    [InlineData("owner", "admin", "viewer", 200, null)]
    [InlineData("owner", "member", "owner", 200, null)]
    [InlineData("member", "viewer", "member", 200, null)]   // with team:manage and roles:assign by a custom role
    [InlineData("member", "viewer", "admin", 403, Escalation)]
    [InlineData("member", "admin", "viewer", 403, Escalation)]
    [InlineData("viewer", "viewer", "member", 403, Escalation)]
    [InlineData("viewer", "member", "viewer", 403, Escalation)]
    public async Task Rule3_MembershipRoles_ByRank(string actorRole, string targetRole, string to, int status, string? code)
    {
        var team = await TestTeam.FormAsync(apps[Db.Sqlite]);
        var manager = await team.RoleAsync("manager", ["team:manage", "roles:assign", "team:invite"]);
        foreach (var assign in new[] { false, true })
        {
            var (actor, target) = (await team.JoinAsync(actorRole), await team.JoinAsync(targetRole));
            if (actorRole is "member" or "viewer")
                _ = (await team.AssignAsync(team.Owner, actor, manager)).Good;
            var answer = assign
                ? await team.AssignAsync(actor, target, BuiltInRoles.Find(to)!.Id)
                : await actor.CallAsync($"PATCH /api/team/members/{await team.MembershipAsync(target)}/role", new { role = to });
            Assert.Equal((status, code), answer.Code());
            Assert.Equal(status == 200 ? to : targetRole, (await team.RowAsync(target)).Text("role"));
        }
    }

    [Theory]
    [InlineData("admin", "owner")]
    [InlineData("admin", "admin")]
    [InlineData("member", "admin")]
    public async Task Rule3_NobodyInvitesAboveHisRank(string actorRole, string role)
    {
        var team = await TestTeam.FormAsync(apps[Db.Sqlite]);
        var actor = await team.JoinAsync(actorRole);
        _ = (await team.AssignAsync(team.Owner, actor, await team.RoleAsync("manager", ["team:invite"]))).Good;
        (await actor.CallAsync("POST /api/team/members", new { email = "new@example.com", role })).AssertRefused(403, Escalation);
        (await actor.CallAsync($"DELETE /api/team/members/{await team.MembershipAsync(team.Owner)}")).AssertRefused(403, actorRole == "admin" ? Escalation : "forbidden");
    }

    [Fact]
    public async Task Rule3_NobodyChangesHimself_ExceptAnOwnerWhoStepsDown()
    {
        var team = await TestTeam.FormAsync(apps[Db.Sqlite]);
        var harmless = await team.RoleAsync("harmless", ["builds:read"]);
        (await team.Admin.CallAsync("PATCH /api/team/members/me/role", new { role = "member" })).AssertRefused(403, "own_role");
        (await team.AssignAsync(team.Admin, team.Admin, TestTeam.IdOf(OrganizationRole.Owner))).AssertRefused(403, "own_role");
        (await team.AssignAsync(team.Admin, team.Admin, harmless)).AssertRefused(403, Escalation);
        (await team.AssignAsync(team.Owner, team.Owner, harmless)).AssertRefused(403, Escalation);
        (await team.Owner.CallAsync("PATCH /api/team/members/me/role", new { role = "owner", customRoleIds = new[] { harmless } })).AssertRefused(403, "own_role");

        _ = (await team.AssignAsync(team.Owner, team.Admin, TestTeam.IdOf(OrganizationRole.Owner))).Good;
        Assert.Equal("viewer", (await team.Owner.CallAsync("PATCH /api/team/members/me/role", new { role = "viewer" })).Data.Text("role"));
        (await team.Owner.CallAsync("POST /api/security/roles", new { name = "no", permissions = Array.Empty<string>() })).AssertRefused(403, "forbidden");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Rule4_TheLastOwner_Stays(Db database)
    {
        var team = await TestTeam.FormAsync(apps[database]);
        (await team.Owner.CallAsync("PATCH /api/team/members/me/role", new { role = "admin" })).AssertRefused(409, "last_owner");
        (await team.AssignAsync(team.Owner, team.Owner, TestTeam.IdOf(OrganizationRole.Viewer))).AssertRefused(409, "last_owner");
        (await team.Owner.CallAsync("DELETE /api/team/members/me")).AssertRefused(409, "last_owner");
        Assert.Equal("owner", (await team.RowAsync(team.Owner)).Text("role"));
        Assert.Equal(AuditOutcome.Failed, Assert.Single(await team.AuditAsync("team.remove")).Outcome);
    }

    [Fact]
    public void Rule6_AToken_GivesNoMoreThanItHas()
    {
        var (organization, user) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var owner = new OrganizationAccess(organization, user, OrganizationRole.Owner, projectBound: false, []);
        var rules = Of("roles:manage", "builds:*", "alerts:read");
        Assert.Null(rules.Need(Permissions.RolesManage, null));
        Assert.Equal("auth.insufficient_scope", rules.Need(Permissions.RolesAssign, null)!.Code);
        Assert.Null(rules.Give(["builds:*", "builds:read", "alerts:read"], null));
        Assert.Equal("alerts:manage", rules.Give(["alerts:manage"], null)!.MissingPermission);
        Assert.Equal("*", rules.Give(["*"], null)!.MissingPermission);
        Assert.NotNull(rules.Admit(OrganizationRole.Member));
        Assert.NotNull(rules.Touch(PermissionSet.Of(Permissions.FunctionsRead), null));
        Assert.Null(Of("*").Admit(OrganizationRole.Owner));
        Assert.NotNull(new GrantRules(owner, PermissionPatterns.Expand("*"), []).Give(["builds:*"], null)); // scopes whose writing is not known prove no wildcard

        GrantRules Of(params string[] scopes) => new(owner, PermissionPatterns.Expand(scopes), scopes);
    }

    [Fact]
    public void BuiltInRoles_PatternsAndPermissions_SayTheSame()
    {
        foreach (var role in BuiltInRoles.All)
            Assert.Equal(role.Permissions.Names, PermissionPatterns.Expand(role.Patterns).Names);
    }
}
