using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Builds;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;

using static Platform.Tests.Builds.BuildClient;
using static Platform.Tests.Builds.BuildLab;

namespace Platform.Tests.Builds;

/// <summary>What ends builds before their time, and what they cannot do.</summary>
public abstract class BuildLimitTests(PlatformApp app)
{
    [Fact]
    public async Task Build_ThatLeavesDaemons_LeavesNoProcess()
    {
        var client = await BuildLab.StartAsync(app);
        var mark = $"9{Random.Shared.Next(100_000, 999_999)}";
        var id = await client.CreatedAsync(new { source = Files(("a.txt", "a")), steps = new[] { new { name = "fork", command = $"setsid sleep {mark} & nohup sleep {mark} >/dev/null 2>&1 & (sleep {mark} &) ; true" } } });
        Assert.Equal("succeeded", Text(await client.EndedAsync(id), "status"));
        Assert.Empty(Sleeping(mark));
    }

    [Fact]
    public async Task Build_ThatPrintsMoreThanTheLogTakes_EndsWithACutLog()
    {
        var client = await BuildLab.StartAsync(app);
        var id = await client.CreatedAsync(new { source = Files(("a.txt", "a")), steps = new[] { new { name = "print", command = "yes 'a line that is printed again and again' | head -c 40000000" } } });
        Assert.Equal("succeeded", Text(await client.EndedAsync(id), "status"));
        var last = (await client.LogsAsync(id, "?order=desc&limit=1")).Ok();
        Assert.Equal(("system", "warn"), (Text(last.Data[0], "stream"), Text(last.Data[0], "level")));
        Assert.True((await client.MetricsAsync(id)).Data.GetProperty("log").GetProperty("bytes").GetInt64() <= 256 * 1024);
    }

    [Fact]
    public async Task Steps_WithoutNetwork_ReachNothing()
    {
        await using var receiver = await Receiver.StartAsync();
        var client = await BuildLab.StartAsync(app);
        var id = await client.CreatedAsync(new
        {
            source = Files(("a.txt", "a")),
            config = new { network = "none" },
            steps = new[] { new { name = "call", command = $"test -z \"$HTTP_PROXY$http_proxy\" && ! (exec 3<>/dev/tcp/127.0.0.1/{receiver.Port}) 2>/dev/null" } },
        });
        Assert.Equal("succeeded", Text(await client.EndedAsync(id), "status"));
        Assert.Empty(receiver.At("/"));
    }

    [Fact]
    public async Task Cancel_OfARunningBuild_EndsItsProcesses()
    {
        var client = await BuildLab.StartAsync(app);
        var mark = $"8{Random.Shared.Next(100_000, 999_999)}";
        var id = await client.CreatedAsync(new { source = Files(("a.txt", "a")), steps = new[] { new { name = "wait", command = $"echo begun; sleep {mark}" }, new { name = "never", command = "true" } } });
        await Until.TrueAsync(async () => (await client.LogTextAsync(id)).Contains("begun", StringComparison.Ordinal), "the step runs", 60);
        Assert.NotEmpty(Sleeping(mark));

        var cancelled = (await client.CancelAsync(id, new { reason = "wrong" })).Ok().Data;
        Assert.Equal("cancelled", Text(cancelled, "status"));
        Assert.Equal(["succeeded", "cancelled", "skipped"], Steps(cancelled).Select(step => step.Status));
        Assert.Empty(Sleeping(mark));
        (await client.CancelAsync(id)).Ok();
    }

    [Fact]
    public async Task Step_OverItsTime_FailsTheBuild()
    {
        var client = await BuildLab.StartAsync(app);
        var id = await client.CreatedAsync(new { source = Files(("a.txt", "a")), steps = new[] { new { name = "slow", command = "exec sleep 100", timeoutSeconds = 1 } } });
        var build = await client.EndedAsync(id);
        Assert.Equal(("failed", "step_timeout"), (Text(build, "status"), Text(build.GetProperty("failure"), "code")));
        Assert.Equal("timed_out", Steps(build)[1].Status);
    }

    [Fact]
    public async Task Step_OverItsMemory_FailsTheBuild()
    {
        var client = await BuildLab.StartAsync(app);
        var id = await client.CreatedAsync(new { source = Files(("a.txt", "a")), config = new { memoryMb = 256 }, steps = new[] { new { name = "hog", command = "python3 -c 'x = bytearray(1 << 30); print(len(x))'" } } });
        var build = await client.EndedAsync(id);
        Assert.True(Text(build.GetProperty("failure"), "code") == "out_of_memory", $"{build.GetProperty("failure")}\n{await client.LogTextAsync(id)}");
    }

    [Fact]
    public async Task Artifacts_OverTheirLimit_FailTheBuild()
    {
        var client = await BuildLab.StartAsync(app);
        var id = await client.CreatedAsync(new { source = Files(("a.txt", "a")), config = new { artifactPaths = new[] { "*.bin" } }, steps = new[] { new { name = "make", command = "head -c 2000000 /dev/urandom > large.bin; ln -s /etc/passwd link.bin; mkfifo pipe.bin" } } });
        var build = await client.EndedAsync(id);
        Assert.Equal(("failed", "artifact_limit"), (Text(build, "status"), Text(build.GetProperty("failure"), "code")));
        Assert.Empty(build.GetProperty("artifacts").EnumerateArray());
    }

    [Fact]
    public async Task Build_WhoseRunIsLost_FailsAndIsTriedAgainOnce()
    {
        var client = await BuildLab.StartAsync(app);
        var mark = $"7{Random.Shared.Next(100_000, 999_999)}";
        var id = await client.CreatedAsync(new { source = Files(("a.txt", "a")), steps = new[] { new { name = "work", command = $"echo begun; [ \"$PLATFORM_ATTEMPT\" = 2 ] || sleep {mark}" } } });
        await Until.TrueAsync(async () => (await client.LogTextAsync(id)).Contains("begun", StringComparison.Ordinal), "the step runs", 60);

        await using (var scope = app.As(Caller.Platform))
        {
            var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
            await db.InTransactionAsync(() => db.Builds.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseToken, Guid.CreateVersion7()).SetProperty(row => row.LeaseExpiresAt, DateTimeOffset.UtcNow.AddMinutes(-1))), default);
        }

        await app.Services.GetRequiredService<BuildSweep>().WatchAsync(default);
        var lost = await client.EndedAsync(id);
        Assert.Equal(("failed", "executor_lost"), (Text(lost, "status"), Text(lost.GetProperty("failure"), "code")));
        var again = await client.EndedAsync(lost.GetProperty("retriedBy").GetGuid());
        Assert.Equal(("succeeded", 2, "retry"), (Text(again, "status"), again.GetProperty("attempt").GetInt32(), Text(again.GetProperty("trigger"), "type")));
        await Until.TrueAsync(() => Sleeping(mark).Count == 0, "the lost run stops itself", 30);
    }

    [Fact]
    public async Task Builds_OverTheProjectsLimit_WaitTheirTurn()
    {
        var client = await BuildLab.StartAsync(app);
        (await client.ChangeSettingsAsync(new { maxConcurrentBuilds = 1 })).Ok();
        object Build(string command) => new { source = Files(("a.txt", "a")), steps = new[] { new { name = "work", command } } };
        var first = await client.CreatedAsync(Build("sleep 600"));
        await Until.TrueAsync(async () => Text((await client.GetAsync(first)).Ok().Data, "status") == "running", "the first runs", 60);
        var second = await client.CreatedAsync(Build("true"));
        var third = await client.CreatedAsync(Build("true"));
        Assert.Equal("queued", Text((await client.GetAsync(second)).Ok().Data, "status"));
        Assert.Equal("cancelled", Text((await client.CancelAsync(third)).Ok().Data, "status"));
        (await client.CancelAsync(first)).Ok();
        Assert.Equal("succeeded", Text(await client.EndedAsync(second), "status"));
    }
}

public sealed class BuildLimitTestsOnSqlite(BuildsOnSqlite fixture) : BuildLimitTests(fixture.App), IClassFixture<BuildsOnSqlite>;

public sealed class BuildLimitTestsOnPostgres(BuildsOnPostgres fixture) : BuildLimitTests(fixture.App), IClassFixture<BuildsOnPostgres>;
