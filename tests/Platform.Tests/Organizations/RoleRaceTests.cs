using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Organizations;

/// <summary>Changes of rights at the same time: each is allowed alone, together they would break a rule.</summary>
public sealed class RoleRaceTests(OrganizationApps apps) : IClassFixture<OrganizationApps>
{
    private const int Attempts = 20;

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Rule4_TwoOwnersDemoteEachOtherOnBothRoutes_OneStays(Db database)
    {
        for (var round = 0; round < 3; round++)
        {
            var team = await TestTeam.FormAsync(apps[database]);
            _ = (await team.AssignAsync(team.Owner, team.Admin, TestTeam.IdOf(OrganizationRole.Owner))).Good;
            var (one, two) = (await team.MembershipAsync(team.Owner), await team.MembershipAsync(team.Admin));
            var viewer = TestTeam.IdOf(OrganizationRole.Viewer);
            var answers = await Task.WhenAll(Enumerable.Range(0, Attempts).Select(i => (i % 4) switch
            {
                0 => team.AssignAsync(team.Owner, team.Admin, viewer),
                1 => team.AssignAsync(team.Admin, team.Owner, viewer),
                2 => team.Owner.CallAsync($"PATCH /api/team/members/{two}/role", new { role = "member" }),
                _ => team.Admin.CallAsync($"DELETE /api/team/members/{one}"),
            }));
            Assert.DoesNotContain(answers, answer => (int)answer.Status >= 500);
            Assert.Contains(answers, answer => answer.Status == HttpStatusCode.OK);
            Assert.Equal(1, await apps[database].AskAsync(db => db.Memberships.CountAsync(member => member.OrganizationId == team.Place.Id && member.Role == OrganizationRole.Owner)));
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Rule2_TheRoleGrowsWhileAnAdminAssignsIt_IsRefused(Db database)
    {
        var app = apps[database];
        var team = await TestTeam.FormAsync(app);
        var role = await team.RoleAsync("role", ["builds:read"]);
        var answers = await WhileHeldAsync(
            app,
            team.Place.Id,
            () => [team.AssignAsync(team.Admin, team.Member, role), team.Admin.CallAsync($"PATCH /api/security/roles/{role}", new { name = "mine" }), team.Admin.CallAsync($"DELETE /api/security/roles/{role}")],
            db => db.Roles.Where(row => row.Id == role)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Permissions, new[] { "*" }).SetProperty(row => row.Closure, new[] { "*" })));
        Assert.All(answers, answer => answer.AssertRefused(403, "privilege_escalation"));
        Assert.Equal(0, await app.AskAsync(db => db.RoleAssignments.CountAsync(row => row.RoleId == role)));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Rule1_TheActorIsDemotedWhileHeGrants_IsRefused(Db database)
    {
        var app = apps[database];
        var team = await TestTeam.FormAsync(app);
        var role = await team.RoleAsync("role", ["domains:manage"]);
        var membership = await team.MembershipAsync(team.Viewer);
        var answers = await WhileHeldAsync(
            app,
            team.Place.Id,
            () =>
            [
                team.AssignAsync(team.Admin, team.Member, role),
                team.Admin.CallAsync("POST /api/security/roles", new { name = "grab", permissions = new[] { "domains:manage" } }),
                team.Admin.CallAsync($"PATCH /api/team/members/{membership}/role", new { role = "member" }),
                team.Admin.CallAsync("POST /api/team/members", new { email = "late@example.com", role = "member" }),
            ],
            db => db.Memberships.Where(row => row.OrganizationId == team.Place.Id && row.UserId == team.Admin.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Role, OrganizationRole.Viewer)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Forbidden, answer.Status));
        Assert.Equal("viewer", (await team.RowAsync(team.Viewer)).Text("role"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Roles_DeletedAndAssignedAtOnce_LeaveNoAssignmentWithoutRole(Db database)
    {
        var app = apps[database];
        var team = await TestTeam.FormAsync(app);
        for (var round = 0; round < 10; round++)
        {
            var role = await team.RoleAsync($"role {round}", ["builds:read"]);
            var (assigned, deleted) = (team.AssignAsync(team.Admin, team.Member, role), team.Owner.CallAsync($"DELETE /api/security/roles/{role}"));
            var statuses = ((int)(await assigned).Status, (int)(await deleted).Status);
            Assert.Contains(statuses, new[] { (201, 409), (404, 200) });
            Assert.Equal(statuses.Item1 == 201 ? 1 : 0, await app.AskAsync(db => db.RoleAssignments.CountAsync(row => row.RoleId == role)));
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Roles_InheritingEachOtherAtOnce_MakeNoCircle(Db database)
    {
        var team = await TestTeam.FormAsync(apps[database]);
        for (var round = 0; round < 5; round++)
        {
            var (one, two) = (await team.RoleAsync($"one {round}", []), await team.RoleAsync($"two {round}", []));
            var answers = await Task.WhenAll(
                team.Owner.CallAsync($"PATCH /api/security/roles/{one}", new { inherits = new[] { two } }),
                team.Admin.CallAsync($"PATCH /api/security/roles/{two}", new { inherits = new[] { one } }));
            Assert.Equal([200, 400], answers.Select(answer => (int)answer.Status).Order());
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task SameRole_CreatedAndAssignedManyTimesAtOnce_IsThereOnce(Db database)
    {
        var app = apps[database];
        var team = await TestTeam.FormAsync(app);
        var created = await Task.WhenAll(Enumerable.Range(0, Attempts).Select(_ => team.Owner.CallAsync("POST /api/security/roles", new { name = "same", permissions = new[] { "builds:read" } })));
        var role = Assert.Single(created, answer => answer.Status == HttpStatusCode.Created).Data.GetProperty("id").GetGuid();
        Assert.Equal(Attempts - 1, created.Count(answer => answer.Code() == (409, "name_taken")));

        var assigned = await Task.WhenAll(Enumerable.Range(0, Attempts).Select(_ => team.AssignAsync(team.Admin, team.Member, role)));
        Assert.Single(assigned, answer => answer.Status == HttpStatusCode.Created);
        Assert.Equal(Attempts - 1, assigned.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.Equal(1, await app.AskAsync(db => db.RoleAssignments.CountAsync(row => row.RoleId == role)));
    }

    /// <summary>Starts requests while another change of the organization's rights is under way, which ends with <paramref name="change"/>.</summary>
    private static async Task<Answer[]> WhileHeldAsync(
        PlatformApp app, Guid organizationId, Func<Task<Answer>[]> requests, Func<PlatformDbContext, Task<int>> change)
    {
        Task<Answer>[] started = [];
        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        await scope.ServiceProvider.GetRequiredService<RightsChange>().RunAsync<int>(
            organizationId,
            async () =>
            {
                started = requests();
                await Task.WhenAny(Task.WhenAny(started), WaitingAsync(app, started.Length));
                Assert.DoesNotContain(started, request => request.IsCompleted); // they wait for this change
                return await change(db);
            },
            CancellationToken.None);
        return await Task.WhenAll(started);
    }

    // On SQLite writers queue in this process, where nobody counts them; the requests that come later are refused all the more.
    private static async Task WaitingAsync(PlatformApp app, int requests)
    {
        if (app.Services.GetRequiredService<DatabaseSettings>().IsSqlite)
            return;
        await Until.TrueAsync(
            async () => await app.AskAsync(db => db.Database.SqlQuery<int>($"SELECT count(*)::int AS \"Value\" FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").SingleAsync()) >= requests,
            "the requests wait for the organization's row");
    }
}
