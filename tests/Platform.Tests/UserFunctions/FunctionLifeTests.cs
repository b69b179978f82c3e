using System.Net;
using System.Text;
using System.Text.Json;

using Platform.Tests.Databases;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.UserFunctions;

/// <summary>Functions from their creation to their end.</summary>
public abstract class FunctionLifeTests(PlatformApp app)
{
    private const string Echo = "exports.handler = async (event, context) => ({ event, name: context.functionName, secret: process.env.SECRET ?? null })";

    [Fact]
    public async Task Function_FromCreationToDeletion_ServesAndIsGone()
    {
        var client = await FunctionClient.StartAsync(app);

        var created = (await client.CreateAsync(new
        {
            name = "Echo",
            runtime = "node",
            code = Echo,
            description = " of the shop ",
            environment = new Dictionary<string, string> { ["SECRET"] = "very-secret-value" },
            tags = new { team = "shop" },
            network = "none",
        })).Ok(HttpStatusCode.Created).Data;

        var id = created.GetProperty("id").GetGuid();
        Assert.Equal(("Echo", "of the shop", "deploying", 1), (Text(created, "name"), Text(created, "description"), Text(created, "status"), created.GetProperty("latestVersion").GetInt32()));
        Assert.StartsWith("node", Text(created, "runtime"), StringComparison.Ordinal);
        Assert.Equal("""{"SECRET":"********"}""", created.GetProperty("environment").ToString());
        var invoked = (await client.InvokeAsync(id, new { a = 1 })).Ok().Data; // waits for the first deployment
        Assert.Equal("""{"event":{"a":1},"name":"Echo","secret":"very-secret-value"}""", invoked.GetProperty("result").ToString());
        Assert.Equal(("success", 1), (Text(invoked, "status"), invoked.GetProperty("version").GetInt32()));
        var found = await client.SettledAsync(id);
        Assert.Equal(("active", "succeeded", 1), (Text(found, "status"), Text(found.GetProperty("latestDeployment"), "status"), found.GetProperty("versions").GetArrayLength()));
        Assert.Equal(
            ["validate:succeeded", "package:skipped", "probe:succeeded", "switch:succeeded", "verify:succeeded", "drain:succeeded", "complete:succeeded"],
            found.GetProperty("latestDeployment").GetProperty("steps").EnumerateArray().Select(step => $"{Text(step, "name")}:{Text(step, "status")}"));

        Assert.Equal($$"""{"id":"{{id}}","deleted":true}""", (await client.DeleteAsync(id)).Ok().Data.ToString());
        Assert.Equal((404, "not_found"), (await client.GetAsync(id)).Refusal);
        Assert.Equal((404, "not_found"), (await client.InvokeAsync(id)).Refusal);
        await Until.TrueAsync(() => HostProcesses.With("bootstrap.cjs").All(path => !IsOf(path, id)), "its workers are gone");
    }

    [Fact]
    public async Task Create_OfWrongForm_Is400()
    {
        var client = await FunctionClient.StartAsync(app);

        foreach (var body in new[]
                 {
                     """{}""", """{"name":"a","runtime":"node"}""", """{"name":"1a","runtime":"node","code":"x"}""", """{"name":"a","runtime":"node","code":"x","files":[]}""",
                     """{"name":"a","runtime":"node","code":"x","timeoutSeconds":181}""", """{"name":"a","runtime":"node","code":"x","memoryMb":63}""", """{"name":"a","runtime":"node","code":"x","environment":{"PLATFORM_A":"b"}}""",
                     """{"name":"a","runtime":"node","code":"x","entrypoint":"../index.handler"}""", """{"name":"a","runtime":"node","code":"x","entrypoint":"handler"}""", """{"name":"a","runtime":"node","code":"x","healthCheck":{"typo":1}}""",
                     """{"name":"a","runtime":"node","files":[{"path":"../index.js","content":"x"}]}""", """{"name":"a","runtime":"node","code":"x","tags":{"1":"x"}}""",
                 })
            Assert.Equal((400, "validation_failed"), (await client.CreateAsync(Json(body))).Refusal);
        var unknown = await client.CreateAsync(new { name = "a", runtime = "cobol", code = "x" });
        Assert.Equal((400, "runtime_unavailable"), unknown.Refusal);
        Assert.Contains(unknown.Body.GetProperty("details").GetProperty("available").EnumerateArray(), name => name.GetString()!.StartsWith("node", StringComparison.Ordinal));
        Assert.Equal((400, "entrypoint_missing"), (await client.CreateAsync(new { name = "a", runtime = "node", files = new[] { new { path = "other.js", content = "x" } } })).Refusal);
        Assert.Equal(0, (await client.ListAsync()).Ok().Body.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Names_AreUniqueWithoutRegardToCase()
    {
        var client = await FunctionClient.StartAsync(app);
        (await client.CreateAsync(new { name = "Main", runtime = "node", code = Echo, deploy = false })).Ok(HttpStatusCode.Created);
        var other = (await client.CreateAsync(new { name = "Other", runtime = "node", code = Echo, deploy = false })).Ok(HttpStatusCode.Created).Data.GetProperty("id").GetGuid();

        Assert.Equal((409, "name_taken"), (await client.CreateAsync(new { name = "main", runtime = "node", code = Echo, deploy = false })).Refusal);
        Assert.Equal((409, "name_taken"), (await client.ChangeAsync(other, new { name = "MAIN" })).Refusal);
    }

    [Fact]
    public async Task List_ByFilter_ShowsWhatMatches()
    {
        var client = await FunctionClient.StartAsync(app);
        foreach (var name in new[] { "one", "two", "three" })
            (await client.CreateAsync(new { name, runtime = "node", code = Echo, deploy = false, enabled = name != "two", tags = new { kind = name } })).Ok(HttpStatusCode.Created);

        Assert.Equal(["three", "two", "one"], await NamesAsync(""));
        Assert.Equal(["one", "three", "two"], await NamesAsync("?sort=name"));
        Assert.Equal(["two"], await NamesAsync("?status=disabled"));
        Assert.Equal(["three", "one"], await NamesAsync("?enabled=true&status=draft"));
        Assert.Equal(["one"], await NamesAsync("?tag.kind=one&sort=-lastInvokedAt"));
        Assert.Equal(["three"], await NamesAsync("?search=HRE&sort=lastInvokedAt"));
        Assert.Empty(await NamesAsync("?runtime=python3.11"));
        Assert.Equal((400, "validation_failed"), (await client.ListAsync("?sort=x")).Refusal);

        async Task<List<string?>> NamesAsync(string query) => [.. (await client.ListAsync(query)).Ok().Data.EnumerateArray().Select(found => Text(found, "name"))];
    }

    [Fact]
    public async Task Change_OfSettings_HoldsFromTheNextInvocationOn()
    {
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync(Echo, more: new { environment = new { SECRET = "first-secret", OTHER = "kept" } });
        (await client.InvokeAsync(id)).Ok();

        var changed = (await client.ChangeAsync(id, Json("""{"name":"renamed","environment":{"SECRET":"second-secret","OTHER":"********"},"memoryMb":300}"""))).Ok().Data;

        Assert.Equal(("renamed", 300, 2), (Text(changed, "name"), changed.GetProperty("memoryMb").GetInt32(), changed.GetProperty("configRevision").GetInt32()));
        var invoked = (await client.InvokeAsync(id)).Ok().Data;
        Assert.Equal(("renamed", "second-secret", true), (Text(invoked.GetProperty("result"), "name"), Text(invoked.GetProperty("result"), "secret"), invoked.GetProperty("coldStart").GetBoolean()));
        var less = (await client.ChangeAsync(id, Json("""{"environment":{"SECRET":null}}"""))).Ok().Data;
        Assert.Equal("""{"OTHER":"********"}""", less.GetProperty("environment").ToString());
        Assert.Equal(JsonValueKind.Null, (await client.InvokeAsync(id)).Ok().Data.GetProperty("result").GetProperty("secret").ValueKind);
        foreach (var bad in new[] { "{}", """{"memoryMb":null}""", """{"environment":{"1":"x"}}""", """{"runtime":"python"}""", """{"healthCheck":{"x":1}}""" })
            Assert.Equal((400, "validation_failed"), (await client.ChangeAsync(id, Json(bad))).Refusal);
    }

    [Fact]
    public async Task Toggle_Off_RefusesInvocations()
    {
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync(Echo);

        Assert.Equal("disabled", Text((await client.ToggleAsync(id, new { })).Ok().Data, "status"));
        Assert.Equal((409, "function_disabled"), (await client.InvokeAsync(id)).Refusal);
        Assert.Equal("success", Text((await client.TestAsync(id, new { })).Ok().Data, "status"));
        Assert.Equal("active", Text((await client.ToggleAsync(id, new { enabled = true })).Ok().Data, "status"));
        (await client.ToggleAsync(id, new { enabled = true })).Ok();
        (await client.InvokeAsync(id)).Ok();
    }

    [Fact]
    public async Task Code_ThatIsNew_IsAnotherVersionAndWhatIsTheSameIsNot()
    {
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync(Echo);

        var same = (await client.CodeAsync(id, new { code = Echo })).Ok().Data;
        var other = (await client.CodeAsync(id, new { files = new[] { new { path = "index.mjs", content = "import { two } from './lib/two.mjs'; export const handler = () => two" }, new { path = "lib/two.mjs", content = "export const two = 2" } }, message = "modules" })).Ok().Data;

        Assert.Equal((1, true), (same.GetProperty("version").GetInt32(), same.GetProperty("unchanged").GetBoolean()));
        Assert.Equal((2, false), (other.GetProperty("version").GetInt32(), other.GetProperty("unchanged").GetBoolean()));
        var found = (await client.GetAsync(id, "?include=code")).Ok().Data;
        Assert.Equal(["index.mjs", "lib/two.mjs"], found.GetProperty("files").EnumerateArray().Select(file => Text(file, "path")));
        Assert.Equal((1, 2, "modules"), (found.GetProperty("activeVersion").GetInt32(), found.GetProperty("latestVersion").GetInt32(), Text(found.GetProperty("versions")[0], "message")));
        Assert.False((await client.GetAsync(id)).Ok().Data.TryGetProperty("files", out _));
        Assert.Equal("2", (await client.TestAsync(id, new { })).Ok().Data.GetProperty("result").ToString());
        Assert.Equal("1", (await client.TestAsync(id, new { code = "exports.handler = () => 1" })).Ok().Data.GetProperty("result").ToString());
    }

    [Fact]
    public async Task Archive_AsUpload_IsTaken()
    {
        var client = await FunctionClient.StartAsync(app);
        using var packed = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(packed, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("main.py").Open();
            entry.Write("def handler(event, context):\n    return [event, context.function_name if hasattr(context, 'function_name') else context['functionName']]\n"u8);
        }

        using var form = new MultipartFormDataContent
        {
            { new StringContent("""{"name":"packed","runtime":"python","network":"none"}"""), "function" },
            { new ByteArrayContent(packed.ToArray()), "code", "code.zip" },
        };
        var id = (await client.CreateAsync(form)).Ok(HttpStatusCode.Created).Data.GetProperty("id").GetGuid();

        Assert.Equal("""["a","packed"]""", (await client.InvokeAsync(id, "a")).Ok().Data.GetProperty("result").ToString());
    }

    [Fact]
    public async Task Runtimes_AreThoseThatAnswered()
    {
        var client = await FunctionClient.StartAsync(app);

        var runtimes = (await client.RuntimesAsync()).Ok().Data.EnumerateArray().ToList();

        Assert.Contains(runtimes, runtime => Text(runtime, "language") == "node" && Text(runtime, "defaultEntrypoint") == "index.handler");
        Assert.Contains(runtimes, runtime => Text(runtime, "language") == "python");
        Assert.Contains(runtimes, runtime => Text(runtime, "language") == "dotnet" && Text(runtime, "name")!.StartsWith("dotnet", StringComparison.Ordinal) && Text(runtime, "defaultEntrypoint") == "Function.Handler");
        foreach (var runtime in runtimes)
        {
            var id = await client.ServingAsync(Text(runtime, "starterCode")!, Text(runtime, "name")!, Text(runtime, "name")!.Replace(".", "_", StringComparison.Ordinal));
            Assert.Equal("success", Text((await client.InvokeAsync(id, new { name = "x" })).Ok().Data, "status"));
        }
    }

    private static bool IsOf(string process, Guid id)
    {
        try
        {
            return File.ReadAllText($"{process}/environ").Contains(id.ToString(), StringComparison.Ordinal);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}

public sealed class FunctionLifeOnSqliteTests(SqliteApp fixture) : FunctionLifeTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class FunctionLifeOnPostgresTests(PostgresApp fixture) : FunctionLifeTests(fixture.App), IClassFixture<PostgresApp>;
