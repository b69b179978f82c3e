using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Organizations;

/// <summary>In which organization and project a request acts.</summary>
public sealed class PlaceTests(OrganizationApps apps) : IClassFixture<OrganizationApps>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Header_NamesAProjectOfMine_MovesThisRequestOnly(Db database)
    {
        var app = apps[database];
        var alice = await app.CreateUserAsync();
        var (one, two) = (await alice.FoundAsync(), await alice.FoundAsync());

        Assert.Equal(two.Id.ToString(), await CurrentAsync());
        Assert.Equal(one.Id.ToString(), await CurrentAsync(("X-Project-Id", $"{one.Project}")));
        Assert.Equal(two.Id.ToString(), await CurrentAsync());
        var run = await alice.CallAsync("POST /api/v1/execute", new { script = "print(1)" }, ("X-Project-Id", $"{one.Project}"));
        var id = run.Good.GetProperty("execution_id").GetGuid();
        Assert.Equal((one.Id, one.Project), await app.AskAsync(db => db.Executions.Where(row => row.Id == id).Select(row => new ValueTuple<Guid, Guid>(row.OrganizationId, row.ProjectId)).SingleAsync()));
        Assert.Equal(one.Id, await app.AskAsync(db => db.AuditEntries.Where(entry => entry.Action == "execution.start" && entry.ActorId == alice.Id).Select(entry => entry.OrganizationId).SingleAsync()));

        async Task<string> CurrentAsync(params (string, string)[] headers) => (await alice.CallAsync("GET /api/organizations/current", null, headers)).Data.Text("id");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Header_NamesNoProjectOfMine_Is404InEveryFamily(Db database)
    {
        var app = apps[database];
        var (alice, bob) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var foreign = (await bob.FoundAsync()).Project;
        await alice.FoundAsync();
        var archived = await alice.ProjectAsync("Old");
        await alice.CallAsync($"PUT /api/projects/{archived}", new { name = "Old", status = "archived" });
        foreach (var value in new[] { $"{foreign}", $"{archived}", $"{Guid.NewGuid()}", "nonsense", "" })
        {
            Assert.Equal((404, "Project not found"), (await alice.CallAsync("GET /api/organizations", null, ("X-Project-Id", value))).Refusal);
            Assert.Equal((404, "not_found", "Project not found"), (await alice.CallAsync("GET /organizations", null, ("X-Project-Id", value))).Words);
            var execution = await alice.CallAsync("GET /api/v1/user/executions", null, ("X-Project-Id", value));
            Assert.Equal((HttpStatusCode.NotFound, "Project not found"), (execution.Status, execution.Body.Text("detail")));
        }
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous.CallAsync("GET /health/healthz", null, ("X-Project-Id", "nonsense"))).Status);   // public: nobody's project
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Path_NamesAnotherOrganizationOfMine_DecidesByTheRoleThere(Db database)
    {
        var app = apps[database];
        var (alice, bob) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var bobs = await bob.FoundAsync();
        await alice.JoinAsync(bob, "project_viewer");
        var hers = await alice.FoundAsync();   // her session is where she may do everything

        Assert.Equal((403, "Insufficient permissions"), (await alice.CallAsync($"PUT /api/organizations/{bobs.Id}", new { name = "Hijacked" })).Refusal);
        Assert.Equal((403, "Insufficient permissions"), (await alice.CallAsync($"PUT /api/projects/{bobs.Project}", new { name = "Hijacked" })).Refusal);
        Assert.Equal((403, "Insufficient permissions"), (await alice.CallAsync("POST /api/projects", new { name = "Hijacked", organizationId = bobs.Id })).Refusal);
        Assert.Equal("project_viewer", (await alice.CallAsync($"GET /api/projects/{bobs.Project}")).Good.GetProperty("project").Text("role"));
        Assert.Equal(HttpStatusCode.Forbidden, (await alice.CallAsync("GET /api/organizations/members", null, ("X-Project-Id", $"{bobs.Project}"))).Status);

        await alice.SwitchAsync(bobs.Project);   // and the other way round
        Assert.Equal(HttpStatusCode.OK, (await alice.CallAsync($"PUT /api/organizations/{hers.Id}", new { name = "Renamed" })).Status);
        Assert.Equal(hers.Id, await app.AskAsync(db => db.AuditEntries.Where(entry => entry.Action == "organization.update" && entry.ActorId == alice.Id && entry.Outcome == AuditOutcome.Success).Select(entry => entry.OrganizationId).SingleAsync()));
        Assert.Equal(hers.Id.ToString(), (await alice.CallAsync("POST /api/projects", new { name = "There", organizationId = hers.Id })).Data.Text("organizationId"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task SignIn_BeginsWhereTheUserWasLast(Db database)
    {
        var app = apps[database];
        var alice = await app.CreateUserAsync();
        var one = await alice.FoundAsync();
        var second = await alice.ProjectAsync("Second");
        await alice.SwitchAsync(second);
        var again = await app.SignInAgainAsync(alice);
        Assert.Equal(second, (await again.CallAsync("GET /api/projects")).Good.GetProperty("currentProject").GetProperty("id").GetGuid());

        await alice.FoundAsync();
        var back = (await alice.CallAsync("PUT /organizations/current", new { organization_id = one.Id })).Good.Text("access_token");
        using var client = app.Client(headers => headers.Authorization = new("Bearer", back));
        Assert.Equal(second, (await client.CallAsync("GET /api/projects")).Good.GetProperty("currentProject").GetProperty("id").GetGuid());   // the last used there, not the default
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Suspended_ReadingGoesOnAndNothingStarts(Db database)
    {
        var app = apps[database];
        var alice = await app.CreateUserAsync();
        var place = await alice.FoundAsync();
        await SuspendAsync(suspended: true);
        Assert.Equal(HttpStatusCode.Forbidden, (await alice.CallAsync("POST /api/v1/execute", new { script = "print(1)" })).Status);
        Assert.Equal((403, "Insufficient permissions"), (await alice.CallAsync("POST /api/projects", new { name = "New" })).Refusal);
        Assert.Equal(HttpStatusCode.OK, (await alice.CallAsync("GET /api/projects")).Status);
        Assert.Equal(HttpStatusCode.OK, (await alice.CallAsync("GET /api/organizations/members")).Status);
        await SuspendAsync(suspended: false);
        Assert.Equal(HttpStatusCode.OK, (await alice.CallAsync("POST /api/v1/execute", new { script = "print(1)" })).Status);

        async Task SuspendAsync(bool suspended)
        {
            await app.AskAsync(async db =>
            {
                var organization = await db.Organizations.SingleAsync(row => row.Id == place.Id);
                Assert.Null(organization.Suspend(suspended, DateTimeOffset.UnixEpoch));
                return await db.SaveChangesAsync();
            });
            app.Services.GetRequiredService<SessionDirectory>().ForgetAll();
        }
    }

    [Fact]
    public async Task AtProject_WithAnAccessToken_NeverLeavesItsOrganization()
    {
        var app = apps[Db.Sqlite];
        var alice = await app.CreateUserAsync();
        var (one, two) = (await alice.FoundAsync(), await alice.FoundAsync());
        var other = await alice.ProjectAsync("Other");
        var access = await app.Services.GetRequiredService<AccessDirectory>().FindAsync(alice.Id, two.Id, default);
        var token = new Caller
        {
            Kind = CallerKind.User,
            UserId = alice.Id,
            Credential = CredentialKind.AccessToken,
            Scopes = PermissionSet.Of(Permissions.ProjectsRead),
        }.At(access, two.Project);
        var places = app.Services.GetRequiredService<CallerPlace>();

        Assert.Equal("project.not_found", (await places.AtProjectAsync(token, one.Project, orArchived: true, default)).Error!.Code);
        Assert.Equal("organization.not_found", (await places.AtOrganizationAsync(token, one.Id, default)).Error!.Code);
        var moved = (await places.AtProjectAsync(token, other, orArchived: false, default)).Value;
        Assert.Equal((two.Id, other), (moved.OrganizationId!.Value, moved.ProjectId!.Value));
        Assert.Equal([Permissions.ProjectsRead], moved.Permissions.Names);
    }
}
