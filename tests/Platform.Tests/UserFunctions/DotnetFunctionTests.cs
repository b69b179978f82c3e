using System.Net;
using System.Text.Json;

using Microsoft.Extensions.DependencyInjection;

using Platform.Sandbox;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.UserFunctions;

/// <summary>Functions in C#: compiled when they are deployed, run as others are.</summary>
public sealed class DotnetFunctionTests(SqliteApp fixture) : IClassFixture<SqliteApp>
{
    private const string Counter = """
        public static class Counter
        {
            private static int _count;

            private static async Task<object?> Handler(JsonElement e, Context c)
            {
                await Task.Yield();
                Console.WriteLine("remains " + (c.RemainingMs() is > 0 and <= 20_000));
                return new
                {
                    count = ++_count, e, c.FunctionName, c.Version, c.MemoryLimitMb, c.Test, ids = c.InvocationId != c.FunctionId && c.ProjectId != Guid.Empty,
                    deadline = c.Deadline > DateTimeOffset.UtcNow, secret = Environment.GetEnvironmentVariable("SECRET"), runtime = Environment.GetEnvironmentVariable("PLATFORM_RUNTIME"),
                    token = Environment.GetEnvironmentVariable("PLATFORM_WORKER_TOKEN"), shape = new Shape(1, "two"), data = File.ReadAllText("data/words.txt"),
                };
            }
        }
        """;

    [Fact]
    public async Task Function_OfSeveralFiles_IsCompiledOnceAndServes()
    {
        var client = await FunctionClient.StartAsync(fixture.App);
        var files = Files(
            ("Function.cs", Counter), ("Shapes/Shape.cs", "public sealed record Shape(int One, string Two);"), ("obj/Left.cs", "not C#"), ("data/words.txt", "words"),
            (".compiled/function.dll", "of an archive that was made of such a folder"));
        var id = (await client.CreateAsync(new { name = "main", runtime = "dotnet", network = "none", files, environment = new Dictionary<string, string> { ["SECRET"] = "kept-from-others" } })).Ok(HttpStatusCode.Created).Data.GetProperty("id").GetGuid();

        await client.SettledAsync(id);
        (await client.ChangeAsync(id, new { timeoutSeconds = 20 })).Ok(); // new workers
        var cold = (await client.InvokeAsync(id, new { a = 1 })).Ok().Data;
        var warm = (await client.InvokeAsync(id, new[] { 2 })).Ok().Data;

        var runtime = Text(await client.SettledAsync(id), "runtime");
        Assert.StartsWith("dotnet", runtime, StringComparison.Ordinal);
        const string Rest = "\"FunctionName\":\"main\",\"Version\":1,\"MemoryLimitMb\":256,\"Test\":false,\"ids\":true,\"deadline\":true,\"secret\":\"kept-from-others\",";
        var end = $"\"runtime\":\"{runtime}\",\"token\":null,\"shape\":{{\"One\":1,\"Two\":\"two\"}},\"data\":\"words\"}}";
        Assert.Equal((true, $"{{\"count\":1,\"e\":{{\"a\":1}},{Rest}{end}"), (cold.GetProperty("coldStart").GetBoolean(), cold.GetProperty("result").ToString()));
        Assert.Equal((false, $"{{\"count\":2,\"e\":[2],{Rest}{end}"), (warm.GetProperty("coldStart").GetBoolean(), warm.GetProperty("result").ToString()));
        Assert.Equal("remains True", Text(warm.GetProperty("logs")[0], "message"));
        Assert.InRange(warm.GetProperty("memoryUsedMb").GetInt32(), 10, 256);
        var deployment = await Deployments.LatestAsync(client, await client.SettledAsync(id));
        Assert.Equal(("succeeded", "succeeded", ""), (Text(deployment, "status"), Deployments.StepOf(deployment, "package"), Text(deployment, "packageLog")));
        Assert.True(await Deployments.IsKeptAsync(fixture.App, id));
        Assert.Equal(
            [".compiled/function.dll", "Function.cs", "Shapes/Shape.cs", "data/words.txt", "obj/Left.cs"],
            (await client.GetAsync(id, "?include=code")).Ok().Data.GetProperty("files").EnumerateArray().Select(file => Text(file, "path")));
    }

    [Fact]
    public async Task Failures_OfOneFunction_AreToldApart()
    {
        const string Code = """
            public sealed class NoStock(string what) : Exception($"There is no {what}");

            public static class Shop
            {
                public static async Task<object?> Handler(JsonElement e, Context c)
                {
                    switch (e.GetString())
                    {
                        case "throw": throw new NoStock("tea");
                        case "late": await Task.Delay(1); throw new InvalidOperationException("no good", new NoStock("tea"));
                        case "loop": for (;;) { }
                        case "exit": Environment.Exit(3); return null;
                        case "fail": Environment.FailFast("gone"); return null;
                        case "thread": new Thread(() => throw new NoStock("tea")).Start(); await Task.Delay(-1); return null;
                        case "deep": return Deep(1);
                        case "memory": return Hoard(1 << 20);
                        case "chunk": return new byte[1 << 30];
                        case "elsewhere": new Thread(() => Hoard(1 << 16)).Start(); await Task.Delay(-1); return null;
                        case "method": return (Action)Console.WriteLine;
                        case "nan": return new { nan = double.NaN };
                        case "cycle": var all = new List<object>(); all.Add(all); return all;
                        case "large": return new string('x', 7 << 20);
                        default: return "fine";
                    }
                }

                private static int Deep(int n) => Deep(n + 1) + Deep(n + 2) + n;

                private static object Hoard(int size)
                {
                    for (var all = new List<byte[]>(); ; all[^1].AsSpan().Fill(1))
                        all.Add(new byte[size]);
                }
            }
            """;
        var client = await FunctionClient.StartAsync(fixture.App);
        var id = await client.ServingAsync(Code, "dotnet", more: new { timeoutSeconds = 5, memoryMb = 128 });

        foreach (var (kind, status, code, type, message) in ((string, int, string, string, string)[])
                 [
                     ("throw", 502, "function_error", "NoStock", "There is no tea"), ("late", 502, "function_error", "InvalidOperationException", "no good"),
                     ("loop", 504, "function_timeout", "Timeout", "5 s"), ("exit", 502, "function_crashed", "Crashed", "exit code 3"), ("fail", 502, "function_crashed", "Crashed", "signal 6"),
                     ("thread", 502, "function_crashed", "Crashed", "signal 6"), ("deep", 502, "function_crashed", "Crashed", "signal 6"),
                     ("memory", 502, "function_out_of_memory", "OutOfMemory", "memory"), ("chunk", 502, "function_out_of_memory", "OutOfMemory", "memory"),
                     ("elsewhere", 502, "function_out_of_memory", "OutOfMemory", "memory"), ("method", 502, "function_error", "ResultNotSerializable", "not supported"),
                     ("nan", 502, "function_error", "ResultNotSerializable", "JSON"), ("cycle", 502, "function_error", "ResultNotSerializable", "cycle"),
                     ("large", 502, "function_error", "ResultTooLarge", "6291456"),
                 ])
        {
            var refused = await client.InvokeAsync(id, kind);
            var error = refused.Data.GetProperty("error");
            Assert.True((status, code, type) == ((int)refused.Status, refused.Refusal.Item2, Text(error, "type")) && Text(error, "message")!.Contains(message, StringComparison.Ordinal), $"{kind}: {refused.Body}");
            if (kind is "throw" or "late")
                Assert.Matches(@"^(?s)(NoStock: There is no tea\n|System.InvalidOperationException: no good\n ---> NoStock).*in /function/Function.cs:line \d+(?!.*Platform.Runtime)", Text(error, "stack"));
        }

        Assert.Equal("fine", (await client.InvokeAsync(id, "else")).Ok().Data.GetProperty("result").GetString());
    }

    [Fact]
    public async Task CompileError_AtDeployment_LeavesTheFormerVersionServing()
    {
        var client = await FunctionClient.StartAsync(fixture.App);
        var id = await client.ServingAsync(Returning("1"), "dotnet");

        (await client.CodeAsync(id, new { code = Returning("\"one\" + missing") + "\n class Other { int X = \"text\"; }", deploy = true })).Ok();

        var settled = await client.SettledAsync(id);
        Assert.Equal(("active", 1), (Text(settled, "status"), settled.GetProperty("activeVersion").GetInt32()));
        var failed = await Deployments.LatestAsync(client, settled);
        Assert.Equal(("failed", "compile_failed", "failed", "skipped"), (Text(failed, "status"), Text(failed.GetProperty("error"), "code"), Deployments.StepOf(failed, "package"), Deployments.StepOf(failed, "probe")));
        const string Missing = "Function.cs(1,97): error CS0103: The name 'missing' does not exist in the current context";
        Assert.Equal([Missing, "Function.cs(2,24): error CS0029: Cannot implicitly convert type 'string' to 'int'"], Text(failed.GetProperty("error"), "message")!.Split('\n'));
        Assert.Contains(Missing, Text(failed, "packageLog"), StringComparison.Ordinal);
        Assert.Equal("1", (await client.InvokeAsync(id)).Ok().Data.GetProperty("result").ToString());

        var tested = (await client.TestAsync(id, new { })).Ok().Data; // the newest version, which was never packaged
        Assert.Equal(("error", "CompileError"), (Text(tested, "status"), Text(tested.GetProperty("error"), "type")));
        Assert.StartsWith(Missing, Text(tested.GetProperty("error"), "message"), StringComparison.Ordinal);
        Assert.Equal([$"system:error:{Missing}", "system:error:Function.cs(2,24): error CS0029: Cannot implicitly convert type 'string' to 'int'"], tested.GetProperty("logs").EnumerateArray()
            .Where(line => Text(line, "level") == "error").Select(line => $"{Text(line, "stream")}:{Text(line, "level")}:{Text(line, "message")}"));
    }

    [Fact]
    public async Task Create_OfCodeThatDoesNotCompile_IsAFunctionThatFailed()
    {
        var client = await FunctionClient.StartAsync(fixture.App);

        var id = await client.ServingAsync("class { }", "dotnet");

        Assert.Equal("failed", Text((await client.GetAsync(id)).Ok().Data, "status"));
        Assert.Equal((409, "function_not_deployed"), (await client.InvokeAsync(id)).Refusal);
    }

    [Theory]
    [InlineData("class A { static Task<object?> Handler(JsonElement e, Context c) => Task.FromResult<object?>(5); }", "success", "5")]
    [InlineData("namespace N; abstract class A { class B { protected internal static async Task<object?> Handler(JsonElement e, Context c) => 6; } }", "success", "6")]
    [InlineData("class A { static Task<object?> Handler(JsonElement e, Context c) => Task.FromResult<object?>(null); static int Handler() => 1; }", "success", "null")]
    [InlineData("partial class A { [JsonSerializable(typeof(int[]))] partial class J : JsonSerializerContext; static async Task<object?> Handler(JsonElement e, Context c) => JsonSerializer.Serialize([1], J.Default.Int32Array); }", "success", "[1]")]
    [InlineData("class A { static Task<object?> Other(JsonElement e, Context c) => null!; }", "HandlerNotFound", "no handler 'static Task<object?> Handler(JsonElement e, Context c)'")]
    [InlineData("class A { static async Task<int> Handler(JsonElement e, Context c) => 1; }", "HandlerNotFound", "another form")]
    [InlineData("class A { Task<object?> Handler(JsonElement e, Context c) => null!; }", "HandlerNotFound", "another form")]
    [InlineData("class A { static Task<object?> Handler(JsonElement e, Context c) => null!; } class B { static Task<object?> Handler(JsonElement e, Context c) => null!; }", "HandlerNotFound", "Both A and B")]
    [InlineData("class A { static A() => throw new FormatException(\"at load\"); static Task<object?> Handler(JsonElement e, Context c) => null!; }", "FormatException", "at load")]
    [InlineData("class A { static Task<object?> Handler(JsonElement e, Context c) => null!; }", "InvalidOperationException", "no task")]
    [InlineData("Console.WriteLine(1);", "HandlerNotFound", "no handler")]
    [InlineData("class A {", "CompileError", "Function.cs(1,10): error CS1513")]
    public async Task Code_ThatIsNotKept_IsCompiledAndRun(string code, string outcome, string message)
    {
        var client = await FunctionClient.StartAsync(fixture.App);
        var id = (await client.CreateAsync(new { name = "draft", runtime = "dotnet", code = Returning("1"), network = "none", deploy = false })).Ok(HttpStatusCode.Created).Data.GetProperty("id").GetGuid();

        var tested = (await client.TestAsync(id, new { code = (code.Contains("[Json", StringComparison.Ordinal) ? "using System.Text.Json.Serialization; " : "") + code })).Ok().Data;

        if (outcome == "success")
            Assert.Equal(("success", message), (Text(tested, "status"), tested.GetProperty("result").ValueKind == JsonValueKind.Null ? "null" : tested.GetProperty("result").ToString()));
        else
            Assert.Equal(("error", outcome), (Text(tested, "status"), Text(tested.GetProperty("error"), "type")));
        if (outcome != "success")
            Assert.Contains(message, Text(tested.GetProperty("error"), "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handler_ThatLooksForAWayOut_FindsNone()
    {
        const string Code = """
            using System.Diagnostics;
            using System.Net.Sockets;

            public static class Function
            {
                public static async Task<object?> Handler(JsonElement e, Context c)
                {
                    List<string> found = [];
                    void Try(string what, Action act) { try { act(); found.Add(what); } catch (Exception) { } }
                    Try("network", () => new TcpClient().Connect("127.0.0.1", e.GetInt32()));
                    Try("name", () => System.Net.Dns.GetHostAddresses("example.com"));
                    Try("code", () => File.WriteAllText("/function/new.txt", ""));
                    Try("program", () => File.WriteAllText("/function/.compiled/function.dll", ""));
                    Try("socket", () => File.WriteAllText("/platform/new", ""));
                    Try("shadow", () => File.ReadAllText("/etc/shadow"));
                    Try("system", () => File.WriteAllText("/usr/new", ""));
                    Try("host", () => Directory.GetFiles("/proc/1/root/root"));
                    Try("mount", () => { using var mount = Process.Start("/usr/bin/mount", "-t tmpfs x /tmp"); mount.WaitForExit(); if (mount.ExitCode != 0) throw new IOException(); });
                    if (Process.GetProcesses().Length > 8) found.Add("processes");
                    if (Directory.Exists("/root") || Directory.Exists("/home")) found.Add("homes");
                    return found;
                }
            }
            """;
        var client = await FunctionClient.StartAsync(fixture.App);
        var id = await client.ServingAsync(Code, "dotnet");

        Assert.Equal("[]", (await client.InvokeAsync(id, fixture.App.BaseAddress.Port)).Ok().Data.GetProperty("result").ToString());
    }

    [Fact]
    public async Task Handler_WithEgress_ReachesWhatIsAllowedThroughTheGuard()
    {
        const string Code = """
            public static class Function
            {
                private static readonly HttpClient Http = new();

                public static async Task<object?> Handler(JsonElement e, Context c)
                {
                    using var forbidden = await Http.GetAsync("http://forbidden.example.com/");
                    return new { text = await Http.GetStringAsync(e.GetString()), forbidden = (int)forbidden.StatusCode };
                }
            }
            """;
        await using var registry = await PackageRegistry.StartAsync();
        await using var app = await PlatformApp.StartAsync(configure: PackageRegistry.Resolves, settings: registry.Settings);
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync(Code, "dotnet", more: new { network = "egress" });

        var result = (await client.InvokeAsync(id, registry.Url + "/simple/right/")).Ok().Data.GetProperty("result");

        Assert.Contains("right-1.0.0-py3-none-any.whl", Text(result, "text"), StringComparison.Ordinal);
        Assert.Equal(403, result.GetProperty("forbidden").GetInt32());
    }

    [Fact]
    public async Task Compiling_WithoutASandbox_IsUnavailable()
    {
        SwitchedSandbox? sandbox = null;
        await using var app = await PlatformApp.StartAsync(configure: services => services.AddSingleton<ISandbox>(provider => sandbox = new SwitchedSandbox(new RememberingSandbox(provider.GetRequiredService<BubblewrapSandbox>()))));
        var client = await FunctionClient.StartAsync(app);
        var id = (await client.CreateAsync(new { name = "main", runtime = "dotnet", code = Returning("1"), deploy = false })).Ok(HttpStatusCode.Created).Data.GetProperty("id").GetGuid();
        sandbox!.IsOff = true;

        Assert.Equal((503, "unavailable"), (await client.TestAsync(id, new { })).Refusal);
        (await client.DeployAsync(id, new { })).Ok(HttpStatusCode.Created);
        Assert.Equal("unavailable", Text((await Deployments.LatestAsync(client, await client.SettledAsync(id))).GetProperty("error"), "code"));
    }

    private static string Returning(string value) => $"static class Function {{ static async Task<object?> Handler(JsonElement e, Context c) => {value}; }}";

    private static object[] Files(params (string Path, string Content)[] files) => [.. files.Select(file => new { path = file.Path, content = file.Content })];

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
