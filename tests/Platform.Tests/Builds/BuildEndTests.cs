using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Builds;
using Platform.Data;
using Platform.Identity;
using Platform.Sandbox;
using Platform.Tests.Fixtures;

using static Platform.Tests.Builds.BuildClient;
using static Platform.Tests.Builds.BuildLab;

namespace Platform.Tests.Builds;

/// <summary>What becomes of a build's last hooks, and of builds, when the process or the sandbox that they need is gone.</summary>
public abstract class BuildEndTests(PlatformApp app)
{
    [Fact]
    public async Task Hooks_WhoseProcessIsGone_AreCalledByAnother_AndCommandsAreNotedAsNotRun()
    {
        await using var receiver = await Receiver.StartAsync();
        var (client, id) = await SucceededAsync(receiver);
        var run = await LeaveHooksAsync(id, lease: DateTimeOffset.UtcNow.AddMinutes(1));

        var folder = app.Services.GetRequiredService<BuildFolders>().Create(id);

        await app.Services.GetRequiredService<BuildSweep>().WatchAsync(default);
        Assert.NotNull((await FindAsync(run)).ClaimedAt);
        Assert.True(Directory.Exists(folder));

        await ChangeBuildAsync(id, DateTimeOffset.UtcNow.AddSeconds(-1));
        await app.Services.GetRequiredService<BuildSweep>().WatchAsync(default);
        Assert.False(Directory.Exists(folder));
        await Until.TrueAsync(async () => (await FindAsync(run)).Status == BuildHookRunStatus.Completed, "the hooks are through", 60);

        Assert.Equal(2, receiver.At("/end").Count);
        var results = (await FindAsync(run)).Results;
        Assert.Equal([("tell", BuildHookStatus.Succeeded), ("look", BuildHookStatus.Failed)], results.Select(result => (result.Name, result.Status)));
        Assert.Equal("The build's files are no longer kept", results[1].Output);
        await app.Services.GetRequiredService<BuildSweep>().WatchAsync(default);
        Assert.Equal(2, receiver.At("/end").Count);
        Assert.Equal("succeeded", Text((await client.GetAsync(id)).Ok().Data, "status"));
    }

    [Fact]
    public async Task LostBuild_TellsOfItsFailure()
    {
        await using var receiver = await Receiver.StartAsync();
        var client = await BuildLab.StartAsync(app);
        await SetHooksAsync(client, receiver, "on_failure");
        var mark = $"6{Random.Shared.Next(100_000, 999_999)}";
        var id = await client.CreatedAsync(new { source = Files(("a.txt", "a")), config = new { retryOnExecutorLost = false }, steps = new[] { new { name = "work", command = $"echo begun; sleep {mark}" } } });
        await Until.TrueAsync(async () => (await client.LogTextAsync(id)).Contains("begun", StringComparison.Ordinal), "the step runs", 60);

        await ChangeBuildAsync(id, DateTimeOffset.UtcNow.AddMinutes(-1), Guid.CreateVersion7());
        await app.Services.GetRequiredService<BuildSweep>().WatchAsync(default);

        Assert.Equal("executor_lost", Text((await client.EndedAsync(id)).GetProperty("failure"), "code"));
        await Until.TrueAsync(async () => (await client.GetAsync(id)).Ok().Data.GetProperty("hooks").GetArrayLength() == 2, "the hooks are noted", 60);
        Assert.Equal("executor_lost", Text(Assert.Single(receiver.At("/end")).Json.GetProperty("build").GetProperty("failure"), "code"));
        Assert.Equal(["succeeded", "failed"], (await client.GetAsync(id)).Data.GetProperty("hooks").EnumerateArray().Select(hook => Text(hook, "status")!));
        await Until.TrueAsync(() => Sleeping(mark).Count == 0, "the lost run stops itself", 30);
    }

    private static async Task SetHooksAsync(BuildClient client, Receiver receiver, string phase) => (await client.ChangeSettingsAsync(new
    {
        hooks = new object[]
        {
            new { name = "tell", phase, type = "http", url = receiver.Url("/end") },
            new { name = "look", phase, type = "command", command = "ls" },
        },
    })).Ok();

    private async Task<(BuildClient Client, Guid Id)> SucceededAsync(Receiver receiver)
    {
        var client = await BuildLab.StartAsync(app);
        await SetHooksAsync(client, receiver, "on_success");
        var id = await client.CreatedAsync(new { source = Files(("a.txt", "a")), steps = new[] { new { name = "make", command = "true" } } });
        Assert.Equal("succeeded", Text(await client.EndedAsync(id), "status"));
        await Until.TrueAsync(async () => await HasSnapshotAsync(app, id), "its own process is through with it");
        Assert.Single(receiver.At("/end"));
        return (client, id);
    }

    // As a process leaves them that is killed after it has ended the build.
    private async Task<Guid> LeaveHooksAsync(Guid id, DateTimeOffset lease)
    {
        await ChangeBuildAsync(id, lease);
        await using var scope = app.As(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var own = await db.BuildHookRuns.SingleAsync(run => run.BuildId == id);
        Assert.Equal((BuildHookRunStatus.Completed, 2), (own.Status, own.Results.Count));
        (own.Status, own.Results, own.FinishedAt) = (BuildHookRunStatus.Running, [], null);
        await db.SaveChangesAsync();
        return own.Id;
    }

    private async Task ChangeBuildAsync(Guid id, DateTimeOffset lease, Guid? token = null)
    {
        await using var scope = app.As(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        await db.InTransactionAsync(
            () => db.Builds.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseExpiresAt, lease).SetProperty(row => row.LeaseToken, row => token ?? row.LeaseToken)), default);
    }

    private async Task<BuildHookRun> FindAsync(Guid run)
    {
        await using var scope = app.As(Caller.Platform);
        return await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().BuildHookRuns.AsNoTracking().SingleAsync(row => row.Id == run);
    }
}

public sealed class BuildEndTestsOnSqlite(BuildsOnSqlite fixture) : BuildEndTests(fixture.App), IClassFixture<BuildsOnSqlite>;

public sealed class BuildEndTestsOnPostgres(BuildsOnPostgres fixture) : BuildEndTests(fixture.App), IClassFixture<BuildsOnPostgres>;

/// <summary>Builds on a host whose sandbox does not work.</summary>
public sealed class BuildsWithoutSandboxTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Sandbox_ThatIsGone_RefusesNewBuildsAndKeepsGrantedOnesWaiting(Db database)
    {
        SwitchedSandbox? sandbox = null;
        await using var app = await PlatformApp.StartAsync(database, services => services.AddSingleton<ISandbox>(provider => sandbox = new SwitchedSandbox(new RememberingSandbox(provider.GetRequiredService<BubblewrapSandbox>()))));
        var client = await BuildLab.StartAsync(app);
        (await client.ChangeSettingsAsync(new { maxConcurrentBuilds = 1 })).Ok();
        object Build(string command) => new { source = Files(("a.txt", "a")), steps = new[] { new { name = "work", command } } };
        var first = await client.CreatedAsync(Build("echo begun; sleep 600"));
        await Until.TrueAsync(async () => (await client.LogTextAsync(first)).Contains("begun", StringComparison.Ordinal), "the step runs", 60);
        var (second, third) = (await client.CreatedAsync(Build("true")), await client.CreatedAsync(Build("true")));

        sandbox!.IsOff = true;
        Assert.Equal((503, "unavailable"), (await client.CreateAsync(Build("true"))).Refusal);
        Assert.Equal(HttpStatusCode.Created, (await client.CreateAsync(new { executor = "external" })).Status);
        Assert.Equal("cancelled", Text((await client.CancelAsync(first)).Ok().Data, "status"));
        Assert.Equal((503, "unavailable"), (await client.RetryAsync(first)).Refusal);
        await Until.TrueAsync(async () => Text((await client.GetAsync(second)).Ok().Data, "status") == "running", "the next has the slot", 60);
        Assert.Equal("cancelled", Text((await client.CancelAsync(second)).Ok().Data, "status")); // which nobody has taken up
        await Until.TrueAsync(async () => Text((await client.GetAsync(third)).Ok().Data, "status") == "running", "the last has the slot", 60);

        sandbox.IsOff = false;
        await app.Services.GetRequiredService<BuildSweep>().WatchAsync(default);
        Assert.Equal("succeeded", Text(await client.EndedAsync(third), "status"));
    }
}
