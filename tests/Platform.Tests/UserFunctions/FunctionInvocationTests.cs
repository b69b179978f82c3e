using System.Net;
using System.Text.Json;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Identity;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.UserFunctions;

/// <summary>What invocations come to, whatever the function does.</summary>
public abstract class FunctionInvocationTests(PlatformApp app)
{
    [Fact]
    public async Task Invocation_ColdThenWarm_SaysSo()
    {
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync("let n = 0; exports.handler = (event) => ({ n: ++n, sum: event.a + event.b })");
        (await client.ChangeAsync(id, new { timeoutSeconds = 20 })).Ok(); // new workers

        var cold = (await client.InvokeAsync(id, new { a = 2, b = 3 })).Ok().Data;
        var warm = (await client.InvokeAsync(id, new { a = 4, b = 5 })).Ok().Data;

        Assert.Equal((true, """{"n":1,"sum":5}"""), (cold.GetProperty("coldStart").GetBoolean(), cold.GetProperty("result").ToString()));
        Assert.True(cold.GetProperty("initDurationMs").GetInt64() > 0);
        Assert.Equal((false, """{"n":2,"sum":9}""", JsonValueKind.Null), (warm.GetProperty("coldStart").GetBoolean(), warm.GetProperty("result").ToString(), warm.GetProperty("initDurationMs").ValueKind));
        Assert.True(warm.GetProperty("memoryUsedMb").GetInt32() > 0);
    }

    [Theory]
    [InlineData("node", "exports.handler = () => { throw new TypeError('no good') }", 502, "function_error", "TypeError", "no good")]
    [InlineData("python", "def handler(event, context):\n    raise ValueError('no good')", 502, "function_error", "ValueError", "no good")]
    [InlineData("node", "exports.handler = () => { process.exit(3) }", 502, "function_crashed", "Crashed", "exit code 3")]
    [InlineData("python", "import os\ndef handler(event, context):\n    os._exit(4)", 502, "function_crashed", "Crashed", "exit code 4")]
    [InlineData("node", "exports.handler = () => { for (;;); }", 504, "function_timeout", "Timeout", "1 s")]
    [InlineData("python", "def handler(event, context):\n    while True: pass", 504, "function_timeout", "Timeout", "1 s")]
    [InlineData("node", "exports.handler = () => { const all = []; for (;;) all.push(Buffer.alloc(8 << 20, 1)) }", 502, "function_out_of_memory", "OutOfMemory", "memory")]
    [InlineData("python", "def handler(event, context):\n    x = bytearray()\n    while True: x += bytearray(b'1' * (8 << 20))", 502, "function_out_of_memory", "OutOfMemory", "memory")]
    [InlineData("node", "exports.handler = () => 1n", 502, "function_error", "ResultNotSerializable", "BigInt")]
    [InlineData("python", "def handler(event, context):\n    return object()", 502, "function_error", "ResultNotSerializable", "JSON serializable")]
    [InlineData("node", "exports.handler = () => 'x'.repeat(7 << 20)", 502, "function_error", "ResultTooLarge", "6291456")]
    public async Task Failure_OfTheFunction_HasItsCodeAndItsRecord(string runtime, string code, int status, string word, string type, string message)
    {
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync(code, runtime, more: new { timeoutSeconds = status == 504 ? 1 : 30, memoryMb = 128 });

        var refused = await client.InvokeAsync(id);

        Assert.Equal((status, word), refused.Refusal);
        var record = refused.Data;
        Assert.Equal(type, Text(record.GetProperty("error"), "type"));
        Assert.Contains(message, Text(record.GetProperty("error"), "message"), StringComparison.Ordinal);
        var kept = (await client.LogsAsync(id, $"?invocationId={Text(record, "invocationId")}")).Ok().Data[0];
        Assert.Equal((Text(record, "status"), "invoke"), (Text(kept, "status"), Text(kept, "trigger")));
    }

    [Theory]
    [InlineData("node", "console.log('loaded'); exports.handler = (event) => { console.log('one\\ntwo'); console.error('bad'); process.stdout.write('rest'); return 1 }")]
    [InlineData("python", "import sys\nprint('loaded')\ndef handler(event, context):\n    print('one\\ntwo')\n    print('bad', file=sys.stderr)\n    print('rest', end='')\n    return 1")]
    [InlineData("dotnet", "class A { static A() => Console.WriteLine(\"loaded\"); static async Task<object?> Handler(JsonElement e, Context c) { Console.WriteLine(\"one\\ntwo\"); Console.Error.WriteLine(\"bad\"); Console.Write(\"rest\"); return 1; } }")]
    public async Task Prints_AreLogLinesOfTheirInvocation(string runtime, string code)
    {
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync(code, runtime);

        var first = (await client.InvokeAsync(id)).Ok().Data;
        var second = (await client.InvokeAsync(id)).Ok().Data;

        string[] lines = ["stdout:info:one", "stdout:info:two", "stderr:error:bad", "stdout:info:rest"];
        Assert.Equal(["system:info:loaded", .. lines.Order()], LinesOf(first).OrderBy(line => !line.StartsWith("system", StringComparison.Ordinal)).ThenBy(line => line, StringComparer.Ordinal));
        Assert.Equal(lines.Order(StringComparer.Ordinal), LinesOf(second).Order(StringComparer.Ordinal));
        Assert.Equal(["two", "two"], (await client.LogsAsync(id, "?view=lines&search=TWO&order=asc")).Ok().Data.EnumerateArray().Select(line => Text(line, "message")));
        Assert.Equal(2, (await client.LogsAsync(id, "?level=error&trigger=invoke")).Ok().Body.GetProperty("total").GetInt32());
        Assert.Equal((400, "validation_failed"), (await client.LogsAsync(id, "?limit=1001")).Refusal);
    }

    [Theory]
    [InlineData("index.js", "{}", "module.exports = (event) => event + 1")]
    [InlineData("index.js", "{}", "module.exports.handler = (event) => event + 1")]
    [InlineData("index.js", """{ "type": "module" }""", "export default (event) => event + 1")]
    [InlineData("index.js", """{ "type": "module" }""", "const more = await Promise.resolve(1); export const handler = (event) => event + more")]
    [InlineData("index.mjs", "{}", "export const handler = (event) => event + 1")]
    [InlineData("index.cjs", """{ "type": "module" }""", "exports.handler = async (event) => (await import('./more.js')).more + event")]
    public async Task Module_OfAnyKind_IsLoaded(string file, string package, string code)
    {
        var client = await FunctionClient.StartAsync(app);
        var files = new[] { new { path = file, content = code }, new { path = "package.json", content = package }, new { path = "more.js", content = "export const more = 1" } };
        var id = (await client.CreateAsync(new { name = "main", runtime = "node", network = "none", files })).Ok(HttpStatusCode.Created).Data.GetProperty("id").GetGuid();
        await client.SettledAsync(id);

        var answer = (await client.InvokeAsync(id, 4)).Ok().Data;

        Assert.Equal(("5", 0), (answer.GetProperty("result").ToString(), answer.GetProperty("logs").GetArrayLength()));
    }

    [Theory]
    [InlineData("node", "exports.handler = (event) => event")]
    [InlineData("python", "def handler(event, context):\n    return event")]
    [InlineData("dotnet", "class A { static async Task<object?> Handler(JsonElement e, Context c) => e; }")]
    public async Task Payload_OfAnySize_ComesBackWhole(string runtime, string code)
    {
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync(code, runtime);

        foreach (var length in (int[])[0, 1, 65_000, 70_000, 1_500_000])
        {
            var text = string.Concat(Enumerable.Repeat("ä\"€\n0123456789", (length / 14) + 1))[..length];
            Assert.Equal(text, (await client.InvokeAsync(id, text)).Ok().Data.GetProperty("result").GetString());
        }
    }

    [Fact]
    public async Task Secrets_InLogLinesAndErrors_AreHidden()
    {
        const string Code = """
            exports.handler = () => {
              const { KEY, PIN, PLATFORM_FUNCTION_NAME } = process.env
              console.log('key ' + KEY + ' pin ' + PIN + ' of ' + PLATFORM_FUNCTION_NAME)
              console.log(Buffer.from(KEY).toString('base64') + ' ' + encodeURIComponent(KEY))
              console.log('x'.repeat(16 * 1024 - 5) + KEY)
              throw new Error('refused: ' + KEY)
            }
            """;
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync(Code, more: new { environment = new { KEY = "a long/secret+value", PIN = "4711" } });

        var record = (await client.InvokeAsync(id)).Body.GetProperty("data");

        var lines = LinesOf(record).ToList();
        Assert.Equal(["stdout:info:key *** pin *** of main", "stdout:info:*** ***"], lines[..2]);
        Assert.EndsWith("***", lines[^1], StringComparison.Ordinal);
        Assert.Equal("refused: ***", Text(record.GetProperty("error"), "message"));
        Assert.DoesNotContain("secret", record.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Twenty_AtOnceOnFiveWorkers_AllAnswer()
    {
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync("exports.handler = async (event) => { await new Promise((done) => setTimeout(done, 20)); return event }");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => client.InvokeAsync(id, number)));

        Assert.Equal(Enumerable.Range(0, 20), answers.Select(answer => answer.Ok().Data.GetProperty("result").GetInt32()));
        Assert.InRange((await client.GetAsync(id)).Ok().Data.GetProperty("pool").GetProperty("warm").GetInt32(), 1, 5);
        var figures = (await client.MetricsAsync(id, "?period=1h")).Ok().Data;
        Assert.Equal((20, 20, 0), (figures.GetProperty("invocations").GetInt32(), figures.GetProperty("succeeded").GetInt32(), figures.GetProperty("throttles").GetInt32()));
        var analysis = (await client.AnalyticsAsync(id)).Ok().Data;
        Assert.Equal((20, "1"), (analysis.GetProperty("totals").GetProperty("invocations").GetInt32(), analysis.GetProperty("availability").ToString()));
        Assert.Equal(1, analysis.GetProperty("deployments").GetArrayLength());
    }

    [Fact]
    public async Task Worker_KilledFromOutside_IsReplaced()
    {
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync("exports.handler = () => process.env.PLATFORM_FUNCTION_ID");
        (await client.InvokeAsync(id)).Ok();

        foreach (var process in Workers.Of(id))
            Workers.Kill(process);
        // A process is no longer to be seen a moment before its socket is closed.
        await Until.TrueAsync(async () => (await client.GetAsync(id)).Ok().Data.GetProperty("pool").GetProperty("warm").GetInt32() == 0, "the platform knows that they are gone");

        Assert.Equal(id.ToString(), (await client.InvokeAsync(id)).Ok().Data.GetProperty("result").GetString());
    }

    [Fact]
    public async Task Repetition_WithAnIdempotencyKey_HasTheSameAnswer()
    {
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync("let n = 0; exports.handler = () => ++n");

        var first = (await client.InvokeAsync(id, 1, "key")).Ok().Data;
        var again = (await client.InvokeAsync(id, 1, "key")).Ok().Data;

        Assert.Equal(Text(first, "invocationId"), Text(again, "invocationId"));
        Assert.Equal((409, "idempotency_conflict"), (await client.InvokeAsync(id, 2, "key")).Refusal);
        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        var kept = await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().IdempotencyKeys.Where(key => key.Key.Contains(id.ToString())).Select(key => key.Result).SingleAsync();
        Assert.StartsWith("sealed:", kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repetition_OfALargeAnswer_Is409()
    {
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync("exports.handler = () => 'x'.repeat(300 * 1024)");

        (await client.InvokeAsync(id, 1, "large")).Ok();

        Assert.Equal((409, "completed"), (await client.InvokeAsync(id, 1, "large")).Refusal);
    }

    [Fact]
    public async Task Events_OfInvocations_TellOfFailures_AndOfSuccessOnlyWhoWaits()
    {
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync("exports.handler = (event) => { if (event) throw new Error('x'); return 1 }");
        (await client.InvokeAsync(id)).Ok();
        Assert.Equal(HttpStatusCode.BadGateway, (await client.InvokeAsync(id, true)).Status);
        (await client.TestAsync(id, new { })).Ok();
        (await client.LogsAsync(id)).Ok();

        Assert.Equal(
            ["deployment.completed", "deployment.started", "function.created", "function.failed"], // one that waits is in WebhookDataTests
            (await FunctionEvents.OfAsync(app, id)).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> LinesOf(JsonElement record) =>
        record.GetProperty("logs").EnumerateArray().Select(line => $"{Text(line, "stream")}:{Text(line, "level")}:{Text(line, "message")}");

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}

public sealed class FunctionInvocationOnSqliteTests(SqliteApp fixture) : FunctionInvocationTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class FunctionInvocationOnPostgresTests(PostgresApp fixture) : FunctionInvocationTests(fixture.App), IClassFixture<PostgresApp>;
