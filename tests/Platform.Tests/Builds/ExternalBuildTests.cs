using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

using static Platform.Tests.Builds.BuildClient;

namespace Platform.Tests.Builds;

/// <summary>Builds that an executor elsewhere reports: states, steps, log, figures.</summary>
public abstract class ExternalBuildTests(PlatformApp app)
{
    private static readonly object External = new { executor = "external", branch = "main", commitSha = "0123456789abcdef0123456789abcdef01234567", labels = new { team = "shop" } };

    [Fact]
    public async Task Build_ReportedFromStartToEnd_IsShownWithItsFigures()
    {
        var (user, client) = await StartAsync();
        var created = (await client.CreateAsync(External)).Ok(HttpStatusCode.Created).Data;
        var id = Id(created);
        Assert.Equal((1, "queued", "queued", "production", "manual"), (created.GetProperty("number").GetInt32(), Text(created, "status"), Text(created, "phase"), Text(created, "environment"), Text(created.GetProperty("trigger"), "type")));
        Assert.Equal((id, 1), (created.GetProperty("rootBuildId").GetGuid(), created.GetProperty("attempt").GetInt32()));

        (await client.StatusAsync(id, new { status = "running" })).Ok();
        var step = Id((await client.AddStepAsync(id, new { name = "compile", kind = "build", status = "running" })).Ok(HttpStatusCode.Created).Data);
        var waiting = Id((await client.AddStepAsync(id, new { name = "test", kind = "test" })).Ok(HttpStatusCode.Created).Data);
        var lines = (await client.LogAsync(id, new { lines = new object[] { new { message = "one", stepId = step, level = "warn" }, new { message = "two", stream = "stderr", level = "error" } } })).Ok(HttpStatusCode.Created).Data;
        Assert.Equal((2, 1, 2), (lines.GetProperty("accepted").GetInt32(), lines.GetProperty("firstSequence").GetInt32(), lines.GetProperty("lastSequence").GetInt32()));
        (await client.ChangeStepAsync(id, step, new { status = "failed", exitCode = 2 })).Ok();
        var ended = (await client.StatusAsync(id, new { status = "failed", message = "it broke", exitCode = 2 })).Ok().Data;

        Assert.Equal(("failed", "done", "external", "it broke", step), (Text(ended, "status"), Text(ended, "phase"), Text(ended.GetProperty("failure"), "code"), Text(ended.GetProperty("failure"), "message"), ended.GetProperty("failure").GetProperty("stepId").GetGuid()));
        Assert.Equal([("compile", "failed"), ("test", "skipped")], ended.GetProperty("steps").EnumerateArray().Select(row => (Text(row, "name"), Text(row, "status"))));
        Assert.Equal(waiting, Id(ended.GetProperty("steps")[1]));
        var metrics = (await client.MetricsAsync(id)).Ok().Data;
        Assert.Equal((2, 6, 1, 1), (Number(metrics, "lines"), Number(metrics, "bytes"), Number(metrics, "warnings"), Number(metrics, "errors")));
        (await client.LogAsync(id, new { message = "late" })).Ok(HttpStatusCode.Created);
        Assert.Equal((409, "build_finished"), (await client.AddStepAsync(id, new { name = "x" })).Refusal);
        await Until.TrueAsync(async () => (await TypesAsync(id)).SequenceEqual(["build.created", "build.started", "build.failed"]), "the events are stored");
        var series = await user.Client.GetFromJsonAsync<JsonElement>("/api/analytics/aggregates?name=build.count&agg=sum&period=1h&groupBy=tag.status,tag.branch");
        Assert.Contains("failed", series.GetProperty("data").GetProperty("groups").ToString(), StringComparison.Ordinal);

        static int Number(JsonElement metrics, string name) => metrics.GetProperty("log").GetProperty(name).GetInt32();
    }

    [Theory]
    [InlineData("queued", "running,cancelled,failed")]
    [InlineData("running", "succeeded,failed,timed_out,cancelled")]
    [InlineData("succeeded", "")]
    [InlineData("failed", "")]
    [InlineData("timed_out", "")]
    [InlineData("cancelled", "")]
    public async Task Status_MovesOnlyAsTheMachineSays(string from, string allowed)
    {
        var (_, client) = await StartAsync();
        foreach (var to in new[] { "queued", "running", "succeeded", "failed", "timed_out", "cancelled" })
        {
            var id = await client.CreatedAsync(External);
            if (from != "queued")
                (await client.StatusAsync(id, new { status = "running" })).Ok();
            if (from is not ("queued" or "running"))
                (await client.StatusAsync(id, new { status = from })).Ok();
            var answer = await client.StatusAsync(id, new { status = to });
            if (to == from || allowed.Split(',').Contains(to))
            {
                Assert.Equal(to, Text(answer.Ok().Data, "status"));
                continue;
            }

            Assert.Equal((409, "invalid_transition"), answer.Refusal);
            var detail = answer.Body.GetProperty("details")[0];
            Assert.Equal((from, to, allowed), (Text(detail, "from"), Text(detail, "to"), string.Join(',', detail.GetProperty("allowed").EnumerateArray().Select(word => word.GetString()))));
        }
    }

    [Fact]
    public async Task Steps_MoveOnlyAsTheMachineSays()
    {
        var (_, client) = await StartAsync();
        var id = await client.CreatedAsync(External);
        var step = Id((await client.AddStepAsync(id, new { name = "a" })).Ok(HttpStatusCode.Created).Data);

        Assert.Equal((409, "invalid_transition"), (await client.ChangeStepAsync(id, step, new { status = "succeeded" })).Refusal);
        (await client.ChangeStepAsync(id, step, new { status = "running", startedAt = "2026-01-02T00:00:00Z" })).Ok();
        Assert.Equal((400, "validation_failed"), (await client.ChangeStepAsync(id, step, new { status = "succeeded", exitCode = 1 })).Refusal);
        Assert.Equal((400, "validation_failed"), (await client.ChangeStepAsync(id, step, new { status = "succeeded", finishedAt = "2026-01-01T00:00:00Z" })).Refusal);
        var done = (await client.ChangeStepAsync(id, step, new { status = "succeeded", exitCode = 0, finishedAt = "2026-01-02T00:00:05Z" })).Ok().Data;
        Assert.Equal(5000, done.GetProperty("durationMs").GetInt32());
        Assert.Equal((409, "invalid_transition"), (await client.ChangeStepAsync(id, step, new { status = "failed" })).Refusal);
        Assert.Equal((400, "validation_failed"), (await client.ChangeStepAsync(id, step, new { })).Refusal);

        var first = (await client.AddStepAsync(id, new { name = "b", order = 1 })).Ok(HttpStatusCode.Created).Data;
        Assert.Equal(1, first.GetProperty("order").GetInt32());
        Assert.Equal(["b", "a"], (await client.GetAsync(id)).Data.GetProperty("steps").EnumerateArray().Select(row => Text(row, "name")!));
    }

    [Fact]
    public async Task Logs_ByFilter_ShowWhatMatches()
    {
        var (_, client) = await StartAsync();
        var id = await client.CreatedAsync(External);
        for (var batch = 0; batch < 3; batch++)
        {
            var from = batch * 100;
            (await client.LogAsync(id, new { lines = Enumerable.Range(from, 100).Select(i => new { message = $"Line {i}", level = i % 10 == 0 ? "warn" : "info", stream = i % 2 == 0 ? "stdout" : "stderr" }) })).Ok(HttpStatusCode.Created);
        }

        var page = (await client.LogsAsync(id, "?limit=5&after=98")).Ok();
        Assert.Equal((202, 103, false), (page.Body.GetProperty("total").GetInt32(), page.Body.GetProperty("nextAfter").GetInt32(), page.Body.GetProperty("complete").GetBoolean()));
        Assert.Equal([99, 100, 101, 102, 103], page.Data.EnumerateArray().Select(line => line.GetProperty("sequence").GetInt32()));
        Assert.Equal([300, 299], (await client.LogsAsync(id, "?limit=2&order=desc")).Ok().Data.EnumerateArray().Select(line => line.GetProperty("sequence").GetInt32()));
        Assert.Equal(30, (await client.LogsAsync(id, "?level=warn&limit=1")).Ok().Body.GetProperty("total").GetInt32());
        Assert.Equal(["Line 199"], (await client.LogsAsync(id, "?search=LINE%20199&stream=stderr")).Ok().Data.EnumerateArray().Select(line => Text(line, "message")!));
        Assert.Equal((400, "validation_failed"), (await client.LogsAsync(id, "?limit=1001")).Refusal);
        Assert.Equal((400, "validation_failed"), (await client.LogAsync(id, new { message = "x", stepId = Guid.CreateVersion7() })).Refusal);
        Assert.Equal((400, "validation_failed"), (await client.LogAsync(id, new { message = "x", stream = "system" })).Refusal);
        Assert.Equal((400, "validation_failed"), (await client.LogAsync(id, new { })).Refusal);

        var text = await client.Http.GetStringAsync($"/api/builds/{id}/logs?format=text&limit=1");
        Assert.EndsWith(" Line 0\n", text, StringComparison.Ordinal);
        (await client.StatusAsync(id, new { status = "cancelled" })).Ok();
        Assert.True((await client.LogsAsync(id, "?limit=1000")).Body.GetProperty("complete").GetBoolean());
        (await client.LogAsync(id, new { message = new string('ä', 20_000) })).Ok(HttpStatusCode.Created);
        Assert.Equal([16_384, 16_384, 7232], (await client.LogsAsync(id, "?after=300")).Ok().Data.EnumerateArray().Select(line => System.Text.Encoding.UTF8.GetByteCount(Text(line, "message")!)));
    }

    [Fact]
    public async Task Logs_ThatAreWaitedFor_ComeAtOnce()
    {
        var (_, client) = await StartAsync();
        var id = await client.CreatedAsync(External);
        var waiting = client.LogsAsync(id, "?wait=25");
        (await client.LogAsync(id, new { message = "here" })).Ok(HttpStatusCode.Created);
        Assert.Equal("here", Text((await waiting).Ok().Data[0], "message"));
        var ending = client.LogsAsync(id, "?wait=25&after=1");
        (await client.StatusAsync(id, new { status = "cancelled" })).Ok();
        Assert.True((await ending).Ok().Body.GetProperty("complete").GetBoolean());

        using var stream = await client.Http.GetStreamAsync($"/api/builds/{id}/logs/stream");
        using var reader = new StreamReader(stream);
        var events = await reader.ReadToEndAsync();
        Assert.Contains("id: 1\nevent: log\n", events, StringComparison.Ordinal);
        Assert.Contains("event: end\n", events, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ByFilter_ShowsWhatMatches()
    {
        var (_, client) = await StartAsync();
        var first = await client.CreatedAsync(External);
        var second = await client.CreatedAsync(new { executor = "external", branch = "next" });

        Assert.Equal([second, first], (await client.ListAsync()).Ok().Data.EnumerateArray().Select(Id));
        Assert.Equal([first], (await client.ListAsync("?branch=main&label.team=shop&commitSha=0123456&environment=production&status=queued,running")).Ok().Data.EnumerateArray().Select(Id));
        Assert.Equal([first, second], (await client.ListAsync("?sort=number")).Ok().Data.EnumerateArray().Select(Id));
        Assert.Empty((await client.ListAsync("?executor=platform")).Ok().Data.EnumerateArray());
        foreach (var query in new[] { "?sort=name", "?limit=201", "?commitSha=xyz", "?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z" })
            Assert.Equal((400, "validation_failed"), (await client.ListAsync(query)).Refusal);
    }

    [Fact]
    public async Task Retry_OfWhatDidNotSucceed_IsANewBuild()
    {
        var (_, client) = await StartAsync();
        var id = await client.CreatedAsync(External);
        Assert.Equal((409, "not_retryable"), (await client.RetryAsync(id)).Refusal);
        (await client.StatusAsync(id, new { status = "cancelled" })).Ok();

        var retry = (await client.RetryAsync(id, new { environmentVariables = new Dictionary<string, string> { ["A"] = "b" } })).Ok(HttpStatusCode.Created).Data;
        Assert.Equal((2, id, id, "retry", 2), (retry.GetProperty("attempt").GetInt32(), retry.GetProperty("retryOf").GetGuid(), retry.GetProperty("rootBuildId").GetGuid(), Text(retry.GetProperty("trigger"), "type"), retry.GetProperty("number").GetInt32()));
        Assert.Equal((409, "already_retrying"), (await client.RetryAsync(id)).Refusal);
        Assert.Equal(Id(retry), (await client.GetAsync(id)).Data.GetProperty("retriedBy").GetGuid());
        Assert.Equal("cancelled", Text((await client.CancelAsync(Id(retry), new { reason = "no" })).Ok().Data, "status"));
        (await client.CancelAsync(Id(retry))).Ok();
        (await client.RetryAsync(id)).Ok(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Builds_OfOthers_AreOutOfReach()
    {
        var (owner, client) = await StartAsync();
        var id = await client.CreatedAsync(External);
        var step = Id((await client.AddStepAsync(id, new { name = "a" })).Ok(HttpStatusCode.Created).Data);
        var viewer = await app.CreateUserAsync();
        await app.JoinAsync(viewer, owner, OrganizationRole.Viewer);
        var (asViewer, asStranger) = (new BuildClient(viewer.Client, client.Project), new BuildClient((await app.CreateUserAsync()).Client, client.Project));

        (await asViewer.GetAsync(id)).Ok();
        (await asViewer.LogsAsync(id)).Ok();
        foreach (var answer in new[] { await asViewer.StatusAsync(id, new { status = "running" }), await asViewer.CancelAsync(id), await asViewer.AddStepAsync(id, new { name = "b" }), await asViewer.LogAsync(id, new { message = "x" }), await asViewer.CreateAsync(External) })
            Assert.Equal((403, "forbidden"), answer.Refusal);
        foreach (var answer in new[] { await asStranger.GetAsync(id), await asStranger.ListAsync(), await asStranger.StatusAsync(id, new { status = "running" }), await asStranger.CreateAsync(External), await asStranger.ChangeStepAsync(id, step, new { name = "x" }), await asStranger.AnalyticsAsync(id) })
            Assert.Equal((404, "not_found"), answer.Refusal);
        var other = await client.CreatedAsync(External);
        Assert.Equal((404, "not_found"), (await client.ChangeStepAsync(other, step, new { name = "x" })).Refusal);
    }

    [Fact]
    public async Task Create_OfWhatIsNotAllowed_IsRefused()
    {
        var (_, client) = await StartAsync();
        foreach (var build in new object[]
                 {
                     new { executor = "external", branch = "-x" }, new { executor = "external", branch = "a..b" }, new { executor = "external", environmentVariables = new Dictionary<string, string> { ["PLATFORM_X"] = "1" } },
                     new { source = new { type = "none" } }, new { executor = "external", source = new { type = "git", url = "file:///etc/passwd" } }, new { executor = "external", source = new { type = "git", url = "https://u:p@example.com/x.git" } },
                     new { executor = "external", config = new { rootDirectory = "../x" } }, new { executor = "external", config = new { memoryMb = 9000 } },
                 })
            Assert.Equal(((400, "validation_failed"), build), ((await client.CreateAsync(build)).Refusal, build));
        Assert.Equal((400, "url_not_allowed"), (await client.CreateAsync(new { executor = "external", source = new { type = "git", url = "https://127.0.0.1/x.git" } })).Refusal);
        Assert.Equal(400, (await client.CreateAsync(new { executor = "external", source = new { type = "git", url = "https://93.184.216.34/x.git", reff = "x" } })).Refusal.Status);
        (await client.ChangeSettingsAsync(new { branchFilter = new[] { "release/*" } })).Ok();
        Assert.Equal((409, "branch_filtered"), (await client.CreateAsync(External)).Refusal);
        (await client.CreateAsync(new { executor = "external", branch = "release/1" })).Ok(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Previous_WithAutoCancel_AreCancelled()
    {
        var (_, client) = await StartAsync();
        (await client.ChangeSettingsAsync(new { autoCancelPrevious = true })).Ok();
        var first = await client.CreatedAsync(External);
        var other = await client.CreatedAsync(new { executor = "external", branch = "next" });
        await client.CreatedAsync(External);

        Assert.Equal("cancelled", Text((await client.GetAsync(first)).Ok().Data, "status"));
        Assert.Equal("queued", Text((await client.GetAsync(other)).Ok().Data, "status"));
    }

    private async Task<(TestUser User, BuildClient Client)> StartAsync()
    {
        var user = await app.CreateUserAsync();
        return (user, await BuildClient.OfAsync(app, user));
    }

    private async Task<List<string>> TypesAsync(Guid id)
    {
        await using var scope = app.As(Caller.Platform);
        var aggregate = id.ToString();
        return await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Events.Where(stored => stored.AggregateId == aggregate).OrderBy(stored => stored.Sequence).Select(stored => stored.EventType).ToListAsync();
    }
}

public sealed class ExternalBuildTestsOnSqlite(SqliteApp fixture) : ExternalBuildTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class ExternalBuildTestsOnPostgres(PostgresApp fixture) : ExternalBuildTests(fixture.App), IClassFixture<PostgresApp>;
