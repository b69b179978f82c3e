using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.DeadLetters;
using Platform.Events;
using Platform.Identity;
using Platform.Organizations;
using Platform.Secrets;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Organizations;

/// <summary>Organizations and projects on their way out, through the orchestrations.</summary>
public sealed class DeletionTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Delete_HidesTheOrganizationAtOnceAndRemovesItLater(Db database)
    {
        var steps = new RecordedSteps(failures: 0);
        await using var app = await StartAsync(database, steps);
        var (owner, member) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var home = (await member.CallAsync("GET /api/organizations/current")).Data.GetProperty("id").GetGuid();
        var place = await owner.FoundAsync();
        await member.JoinAsync(owner, "project_admin", place.Project);
        var token = await owner.InviteAsync("late@example.com", "project_viewer");
        var execution = (await member.CallAsync("POST /api/v1/execute", new { script = "print(1)" })).Good.GetProperty("execution_id").GetGuid();
        await app.SealAsync(place.Id);

        Assert.True((await owner.CallAsync($"DELETE /api/organizations/{place.Id}")).Good.GetProperty("success").GetBoolean());
        Assert.Equal((404, "Organization not found"), (await owner.CallAsync($"GET /api/organizations/{place.Id}")).Refusal);
        Assert.Equal((404, "Organization not found"), (await owner.CallAsync($"DELETE /api/organizations/{place.Id}")).Refusal);
        Assert.Equal((404, "Project not found"), (await member.CallAsync($"GET /api/projects/{place.Project}")).Refusal);
        Assert.Equal(1, (await member.CallAsync("GET /api/organizations")).Data.GetArrayLength());
        Assert.Equal(404, (await app.Anonymous.CallAsync($"GET /api/invite/{token}")).Refusal.Status);
        Assert.Equal(place.Slug, (await owner.CallAsync("POST /api/organizations", new { name = place.Name })).Good.GetProperty("organization").Text("slug"));   // free again

        await Until.TrueAsync(async () => !await app.AskAsync(db => db.Organizations.AnyAsync(row => row.Id == place.Id)), "the organization is removed", seconds: 60);
        Assert.Equal(["stop", "drop"], steps.Taken.Where(step => step.Tenant == new TenantScope(place.Id, null)).Select(step => step.Name).Distinct());
        var kept = await app.AskAsync(db => db.Executions.Include(row => row.Saga).SingleAsync(row => row.Id == execution));
        Assert.Equal((home, home), (kept.OrganizationId, kept.Saga!.OrganizationId));
        Assert.Equal(await app.AskAsync(db => db.Projects.Where(row => row.OrganizationId == home).Select(row => row.Id).SingleAsync()), kept.ProjectId);
        Assert.Equal(HttpStatusCode.OK, (await member.CallAsync($"GET /api/v1/result/{execution}")).Status);
        Assert.Equal((0, 0, 0, 0), await app.AskAsync(async db => (
            await db.Projects.CountAsync(row => row.OrganizationId == place.Id), await db.Invitations.CountAsync(row => row.OrganizationId == place.Id),
            await db.DataKeys.CountAsync(row => row.OrganizationId == place.Id), await db.RoleAssignments.CountAsync(row => row.OrganizationId == place.Id))));
        Assert.True(await app.AskAsync(db => db.Events.AnyAsync(raised => raised.EventType == "organization.deleted" && raised.OrganizationId == place.Id)));
        Assert.Equal(["organization.delete", "organization.purge"], await app.AskAsync(db => db.AuditEntries
            .Where(entry => entry.OrganizationId == place.Id && entry.Action.StartsWith("organization.") && entry.Action != "organization.create").OrderBy(entry => entry.Id).Select(entry => entry.Action).ToListAsync()));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Purge_OfAProjectAfterItsRetention_LeavesTheRestAlone(Db database)
    {
        var (steps, clock) = (new RecordedSteps(failures: 2), new ShiftedClock());
        await using var app = await StartAsync(database, steps, clock);
        var owner = await app.CreateUserAsync();
        var place = await owner.FoundAsync();
        var project = await owner.ProjectAsync("Short");
        await owner.SwitchAsync(project);
        var execution = (await owner.CallAsync("POST /api/v1/execute", new { script = "print(1)" })).Good.GetProperty("execution_id").GetGuid();
        await owner.CallAsync($"DELETE /api/projects/{project}");
        var sweep = app.Services.GetRequiredService<OrganizationSweep>();

        clock.Advance(TimeSpan.FromDays(29));
        Assert.Equal(0, await sweep.PurgeProjectsAsync(default));
        clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(1, await sweep.PurgeProjectsAsync(default));
        await Until.TrueAsync(async () => !await app.AskAsync(db => db.Projects.AnyAsync(row => row.Id == project)), "the project is purged", seconds: 60);   // a step failed twice before
        Assert.Equal(place.Project, await app.AskAsync(db => db.Executions.Where(row => row.Id == execution).Select(row => row.ProjectId).SingleAsync()));
        Assert.True(await app.AskAsync(db => db.Organizations.AnyAsync(row => row.Id == place.Id)));
        Assert.All(steps.Taken, step => Assert.Equal(new TenantScope(place.Id, project), step.Tenant));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Report_OfAStepThatFailedForGood_IsADeadLetter(Db database)
    {
        await using var app = await StartAsync(database, new RecordedSteps(failures: 0));
        var owner = await app.CreateUserAsync();
        var place = await owner.FoundAsync();
        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.System(place.Id));
        var removal = scope.ServiceProvider.GetRequiredService<TenantRemoval>();
        Assert.Equal(["functions", "stop", "webhooks-stop", "builds", "databases", "drop", "data-key", "dlq-policies", "webhook-deliveries", "user-rows"], removal.Plan);
        await removal.ReportAsync(new TenantScope(place.Id, null), "stop", "BrokenException", default);
        await removal.EndAsync(new TenantScope(place.Id, null), default);   // never of one that is not being deleted

        var letter = await app.AskAsync(db => db.DeadLetters.SingleAsync(row => row.OrganizationId == place.Id));
        Assert.Equal(("tenant-removal", "organization.cleanup_failed", "BrokenException", DeadLetterStatus.Pending), (letter.Consumer, letter.EventType, letter.Error, letter.Status));
        Assert.True(await app.AskAsync(db => db.Organizations.AnyAsync(row => row.Id == place.Id)));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Delete_PersonalOrganizationOfADeletedAccount_DeletesWhatHasNoPlace(Db database)
    {
        await using var app = await StartAsync(database, new RecordedSteps(failures: 0));
        var user = await app.CreateUserAsync();
        var home = (await user.CallAsync("GET /api/organizations/current")).Data.GetProperty("id").GetGuid();
        var execution = (await user.CallAsync("POST /api/v1/execute?wait=30", new { script = "print(1)" })).Good.GetProperty("execution_id").GetGuid();
        await using (var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform))
            Assert.True((await scope.ServiceProvider.GetRequiredService<DeleteOrganization>().DeleteAsync(home, withItsPerson: true, default)).IsOk);

        await Until.TrueAsync(async () => !await app.AskAsync(db => db.Organizations.AnyAsync(row => row.Id == home)), "the organization is removed", seconds: 60);
        Assert.False(await app.AskAsync(db => db.Executions.AnyAsync(row => row.Id == execution)));
        Assert.Equal(0, await app.AskAsync(db => db.Notifications.CountAsync(row => row.OrganizationId == home)));
    }

    private static Task<PlatformApp> StartAsync(Db database, RecordedSteps steps, TimeProvider? clock = null) => PlatformApp.StartAsync(
        database,
        services =>
        {
            services.AddSingleton<ITenantCleanup>(_ => new RecordedStep(steps, "drop", CleanupStage.DropResources)).AddSingleton<ITenantCleanup>(_ => new RecordedStep(steps, "stop", CleanupStage.StopWork));
            if (clock is not null)
                services.AddSingleton(clock);
        },
        settings: OrganizationApps.Unlimited);

    /// <summary>What the steps of a test were asked to do; the first calls fail.</summary>
    private sealed class RecordedSteps(int failures)
    {
        private readonly List<(string Name, TenantScope Tenant)> _taken = [];
        private int _failures = failures;

        public IReadOnlyList<(string Name, TenantScope Tenant)> Taken
        {
            get
            {
                lock (_taken)
                    return [.. _taken];
            }
        }

        public bool Take(string name, TenantScope tenant)
        {
            if (Interlocked.Decrement(ref _failures) >= 0)
                throw new InvalidOperationException("not yet");
            lock (_taken)
            {
                _taken.Add((name, tenant));
                return _taken.Count(step => step.Name == name && step.Tenant == tenant) < 3;   // three batches
            }
        }
    }

    private sealed class RecordedStep(RecordedSteps steps, string name, CleanupStage stage) : ITenantCleanup
    {
        public string Name => name;

        public CleanupStage Stage => stage;

        public Task<bool> CleanAsync(TenantScope tenant, CancellationToken ct) => Task.FromResult(steps.Take(name, tenant));
    }
}
