using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Executions;

/// <summary>Executions through HTTP and with the real sandbox. Several are acceptance scenarios (docs/acceptance.md).</summary>
public abstract class ExecutionApiTests(PlatformApp app)
{
    private async Task<ExecutionClient> NewUserAsync() => new(await app.CreateUserAsync());

    [Fact]
    public async Task Execute_SameKeyTwentyTimesAtOnce_MakesOneExecution()
    {
        var user = await NewUserAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => user.PostAsync("/api/v1/execute", new { script = "print(2)" }, "key-1")));

        Assert.All(answers, a => Assert.Contains(a.Status, new[] { HttpStatusCode.OK, HttpStatusCode.Conflict }));
        var id = Assert.Single(answers.Where(a => a.Status == HttpStatusCode.OK).Select(a => a.Body.GetProperty("execution_id").GetGuid()).Distinct());
        var again = await user.PostAsync("/api/v1/execute", new { script = "print(2)" }, "key-1");
        Assert.Equal((HttpStatusCode.OK, id), (again.Status, again.Body.GetProperty("execution_id").GetGuid()));
        Assert.Equal(1, (await user.GetAsync("/api/v1/user/executions")).GetProperty("total").GetInt32());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await user.PostAsync("/api/v1/execute", new { script = "print(3)" }, "key-1")).Status);
    }

    [Theory]
    [InlineData("raise ValueError('no')", 1, "^Traceback [\\s\\S]*ValueError: no\n$")]
    [InlineData("import sys; sys.exit(3)", 3, "^$")]
    public async Task Execute_ScriptFails_SaysScriptErrorAndExitCode(string script, int exitCode, string errors)
    {
        var result = await (await NewUserAsync()).RunAsync(script);

        Assert.Equal(("failed", "script_error", exitCode), (Text(result, "status"), Text(result, "error_type"), result.GetProperty("exit_code").GetInt32()));
        Assert.Matches(errors, Text(result, "errors"));
    }

    [Fact]
    public async Task Execute_EndlessLoop_TimesOutWithPartialOutput()
    {
        var result = await (await NewUserAsync()).RunAsync(new { script = "print('before', flush=True)\nwhile True: pass", timeout_seconds = 1 });

        Assert.Equal(("timeout", "timeout", -1), (Text(result, "status"), Text(result, "error_type"), result.GetProperty("exit_code").GetInt32()));
        Assert.Equal("before\n", Text(result, "output"));
        Assert.InRange(result.GetProperty("resource_usage").GetProperty("execution_time_wall_seconds").GetDouble(), 0.9, 3);
    }

    [Fact]
    public async Task Execute_MuchOutput_IsCutAtOneMebibyte()
    {
        var result = await (await NewUserAsync()).RunAsync("import sys\nfor i in range(300): sys.stdout.write('x' * 10000)");

        Assert.True(result.GetProperty("output_truncated").GetBoolean());
        Assert.EndsWith("[output truncated at 1048576 bytes]", Text(result, "output").TrimEnd('\n'));
    }

    [Fact]
    public async Task Execute_StdinArgsEnvFiles_ReachTheScript()
    {
        var result = await (await NewUserAsync()).RunAsync(new
        {
            script = "import sys, os\nprint(sys.stdin.read(), sys.argv[1:], os.environ['COLOUR'], open('data/in.txt').read(), open('bin').read())",
            stdin = "in",
            args = new[] { "a", "b c" },
            env = new Dictionary<string, string> { ["COLOUR"] = "blue" },
            files = new object[] { new { path = "data/in.txt", content = "file" }, new { path = "bin", content_base64 = "cmF3" } },
        });

        Assert.Equal("in ['a', 'b c'] blue file raw\n", Text(result, "output"));
    }

    [Fact]
    public async Task Answers_OfOutputWithQuotesAndTags_HoldItReadably()
    {
        var user = await NewUserAsync();
        var id = (await user.RunAsync("print(\"it's <b>é</b> & 'so' \U0001F600\")")).GetProperty("execution_id").GetGuid();

        using var stream = await EventStream.OpenAsync(user.Http, id);

        Assert.Contains("it's <b>é</b> & 'so' ", await user.Http.GetStringAsync($"/api/v1/result/{id}"), StringComparison.Ordinal);
        Assert.Contains("it's <b>é</b> & 'so' ", (await stream.ToEndAsync())[^1].Data.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("it's <b>é</b> & 'so' ", await user.Http.GetStringAsync($"/api/v1/executions/{id}/events?event_types=execution_completed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_BadRequests_AreRefusedTogetherWithTheirPlaces()
    {
        var user = await NewUserAsync();

        Assert.Equal("script", await FieldAsync(user, new { }));
        Assert.Equal("script", await FieldAsync(user, new { script = new string('x', 50_001) }));
        Assert.Equal("lang", await FieldAsync(user, new { script = "x", lang = "cobol" }));
        Assert.Equal("lang_version", await FieldAsync(user, new { script = "x", lang_version = "2.7" }));
        Assert.Equal("timeout_seconds", await FieldAsync(user, new { script = "x", timeout_seconds = 3000 }));
        Assert.Equal("env", await FieldAsync(user, new { script = "x", env = new Dictionary<string, string> { ["LD_PRELOAD"] = "x" } }));
        Assert.Equal("files", await FieldAsync(user, new { script = "x", files = new[] { new { path = "../x", content = "" } } }));
        Assert.Equal(HttpStatusCode.Forbidden, (await user.PostAsync("/api/v1/execute", new { script = "x", priority = "critical" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await user.PostAsync("/api/v1/execute?wait=201", new { script = "x" })).Status);
    }

    [Fact]
    public async Task Cancel_Running_StopsWithinFiveSecondsAndRetryRunsAgain()
    {
        var user = await NewUserAsync();
        var id = await user.StartAsync("import time\nprint('on', flush=True)\ntime.sleep(60)");
        using (var stream = await EventStream.OpenAsync(user.Http, id))
        {
            while ((await stream.NextAsync())!.Type != "execution_output")
            {
            }
        }

        var asked = DateTimeOffset.UtcNow;
        var (status, body) = await user.PostAsync($"/api/v1/{id}/cancel", new { reason = "enough" });
        Assert.Equal((HttpStatusCode.OK, "cancellation_requested"), (status, Text(body, "status")));
        var result = await user.UntilAsync(id, "cancelled");
        Assert.InRange((result.GetProperty("completed_at").GetDateTimeOffset() - asked).TotalSeconds, -1, 5); // stored in milliseconds
        Assert.Equal("on\n", Text(result, "output"));
        Assert.Equal("already_cancelled", Text((await user.PostAsync($"/api/v1/{id}/cancel")).Body, "status"));

        var (_, again) = await user.PostAsync($"/api/v1/{id}/retry");
        var copy = again.GetProperty("execution_id").GetGuid();
        Assert.NotEqual(id, copy);
        Assert.Equal(id, (await user.ResultAsync(copy)).GetProperty("retried_from").GetGuid());
        Assert.Equal(HttpStatusCode.BadRequest, (await user.PostAsync($"/api/v1/{copy}/retry")).Status);
        await user.PostAsync($"/api/v1/{copy}/cancel");
        await user.UntilAsync(copy, "cancelled");
    }

    [Fact]
    public async Task Cancel_Completed_IsRefused()
    {
        var user = await NewUserAsync();
        var id = (await user.RunAsync("print(1)")).GetProperty("execution_id").GetGuid();

        var (status, body) = await user.PostAsync($"/api/v1/{id}/cancel");

        Assert.Equal((HttpStatusCode.BadRequest, "Cannot cancel execution in completed state"), (status, Text(body, "detail")));
    }

    [Fact]
    public async Task ForeignExecution_IsNotFoundForOthersAndOpenToOperators()
    {
        var (owner, other) = (await NewUserAsync(), await NewUserAsync());
        var id = (await owner.RunAsync("print(1)")).GetProperty("execution_id").GetGuid();
        var saga = (await owner.GetAsync($"/api/v1/sagas/execution/{id}")).GetProperty("sagas")[0].GetProperty("saga_id").GetGuid();
        string[] reads = [$"/api/v1/result/{id}", $"/api/v1/executions/{id}/events", $"/api/v1/events/executions/{id}", $"/api/v1/sagas/{saga}", $"/api/v1/sagas/execution/{id}"];

        foreach (var path in reads)
            Assert.Equal(HttpStatusCode.NotFound, (await other.Http.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync($"/api/v1/{id}/cancel")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync($"/api/v1/{id}/retry")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await other.Http.DeleteAsync($"/api/v1/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.Http.GetAsync("/api/v1/result/not-an-id")).StatusCode);

        var admin = (await app.OperatorAsync()).Client;
        foreach (var path in reads)
            Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await admin.DeleteAsync($"/api/v1/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await owner.Http.GetAsync($"/api/v1/result/{id}")).StatusCode);
    }

    [Fact]
    public async Task Execute_ByCookie_NeedsTheCsrfToken()
    {
        var user = await app.CreateUserAsync();
        var body = new { script = "print(1)" };

        Assert.Equal(HttpStatusCode.Forbidden, (await app.Client(user.AsBrowser()).PostAsJsonAsync("/api/v1/execute", body)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Client(user.AsBrowser(user.CsrfToken)).PostAsJsonAsync("/api/v1/execute", body)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await user.Client.PostAsJsonAsync("/api/v1/execute", body)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Anonymous.PostAsJsonAsync("/api/v1/execute", body)).StatusCode);
    }

    [Fact]
    public async Task Execute_EleventhInAMinute_Is429WithOneEvent()
    {
        var account = await app.CreateUserAsync(rateMultiplier: 1);
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await account.Client.PostAsJsonAsync("/api/v1/execute", new { script = "" })).StatusCode);

        for (var i = 0; i < 2; i++)
        {
            var refused = await account.Client.PostAsJsonAsync("/api/v1/execute", new { script = "print(1)" });
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 61); // the window slides by whole seconds
            Assert.Equal("Rate limit exceeded", Text(await refused.Content.ReadFromJsonAsync<JsonElement>(), "detail"));
        }

        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        var raised = await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Events.SingleAsync(e => e.EventType == "rate_limit_exceeded" && e.UserId == account.Id);
        var payload = JsonSerializer.Deserialize<JsonElement>(raised.Payload);
        Assert.Equal(("/api/v1/execute", 10, 60), (Text(payload, "endpoint"), payload.GetProperty("limit").GetInt32(), payload.GetProperty("window_seconds").GetInt32()));
    }

    [Fact]
    public async Task Lists_OfTheCaller_PageAndFilter()
    {
        var user = await NewUserAsync();
        for (var i = 0; i < 3; i++)
            await user.RunAsync($"print({i})");
        await user.RunAsync("1/0");

        var first = await user.GetAsync("/api/v1/user/executions?limit=3");
        Assert.Equal((4, 3, true), (first.GetProperty("total").GetInt32(), first.GetProperty("executions").GetArrayLength(), first.GetProperty("has_more").GetBoolean()));
        Assert.Equal("failed", Text(first.GetProperty("executions")[0], "status"));
        Assert.Equal(1, (await user.GetAsync("/api/v1/user/executions?status=failed")).GetProperty("total").GetInt32());
        Assert.Equal(4, (await user.GetAsync("/api/v1/sagas?state=completed")).GetProperty("total").GetInt32());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await user.Http.GetAsync("/api/v1/user/executions?limit=0")).StatusCode);
    }

    [Fact]
    public async Task Runtimes_ArePublicAndEveryExampleRuns()
    {
        var limits = await app.Anonymous.GetFromJsonAsync<JsonElement>("/api/v1/k8s-limits");
        var examples = (await app.Anonymous.GetFromJsonAsync<JsonElement>("/api/v1/example-scripts")).GetProperty("scripts");
        var user = await NewUserAsync();

        Assert.Equal(("2000m", "512Mi"), (Text(limits, "cpu_limit"), Text(limits, "memory_limit")));
        Assert.Contains("3.11", limits.GetProperty("supported_runtimes").GetProperty("python").EnumerateArray().Select(v => v.GetString()));
        foreach (var language in limits.GetProperty("supported_runtimes").EnumerateObject().Where(l => l.Name != "go")) // go compiles for seconds; the sandbox's tests run it
        {
            var version = language.Value.EnumerateArray().Last().GetString();
            var result = await user.RunAsync(new { script = Text(examples, language.Name), lang = language.Name, lang_version = version });
            Assert.True(Text(result, "status") == "completed", $"{language.Name}: {result}");
        }
    }

    private static async Task<string> FieldAsync(ExecutionClient user, object body)
    {
        var (status, answer) = await user.PostAsync("/api/v1/execute", body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        return answer.GetProperty("detail")[0].GetProperty("loc")[1].GetString()!;
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

public sealed class ExecutionApiOnSqliteTests(SqliteApp fixture) : ExecutionApiTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class ExecutionApiOnPostgresTests(PostgresApp fixture) : ExecutionApiTests(fixture.App), IClassFixture<PostgresApp>;

/// <summary>One platform for the tests of a class; every test makes its own users.</summary>
public class SqliteApp : IAsyncLifetime
{
    public PlatformApp App { get; private set; } = null!;

    protected virtual Db Database => Db.Sqlite;

    protected virtual (string Key, string Value)[] Settings => [];

    public async Task InitializeAsync() => App = await PlatformApp.StartAsync(Database, settings: Settings);

    public async Task DisposeAsync() => await App.DisposeAsync();
}

public class PostgresApp : SqliteApp
{
    protected override Db Database => Db.Postgres;
}
