using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Builds;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

using static Platform.Tests.Builds.BuildClient;
using static Platform.Tests.Builds.BuildLab;

namespace Platform.Tests.Builds;

/// <summary>Builds that the platform runs: real programs in the real sandbox.</summary>
public abstract class PlatformBuildTests(PlatformApp app)
{
    [Fact]
    public async Task Build_OfANodeProject_InstallsBuildsTestsAndKeepsItsOutput()
    {
        var client = await BuildLab.StartAsync(app);
        var id = await client.CreatedAsync(new
        {
            source = Files(
                ("package.json", """{"name":"shop","version":"1.0.0","scripts":{"build":"node build.js","test":"node test.js"},"dependencies":{"left":"file:./left"}}"""),
                ("left/package.json", """{"name":"left","version":"1.0.0","main":"index.js"}"""),
                ("left/index.js", "module.exports = 'from the dependency';"),
                ("build.js", "const fs = require('fs'); fs.mkdirSync('dist'); fs.writeFileSync('dist/out.txt', require('left')); fs.writeFileSync('junit.xml', '<testsuite/>');"),
                ("test.js", "if (!require('fs').existsSync('dist/out.txt')) process.exit(1); console.log('all good');")),
            branch = "main",
            config = new { artifactPaths = new[] { "dist/**", "*.xml" } },
        });

        var build = await client.EndedAsync(id);
        Assert.True(Text(build, "status") == "succeeded", $"{build}\n{await client.LogTextAsync(id)}");
        Assert.Equal([("fetch", "succeeded"), ("install", "succeeded"), ("build", "succeeded"), ("test", "succeeded"), ("artifacts", "succeeded")], Steps(build));
        Assert.Equal("npm install", Text(build.GetProperty("detected"), "installCommand"));
        Assert.Contains("all good", await client.LogTextAsync(id), StringComparison.Ordinal);
        var artifacts = build.GetProperty("artifacts").EnumerateArray().ToDictionary(row => Text(row, "path")!, row => row);
        Assert.Equal([("dist/out.txt", "file"), ("junit.xml", "report"), ("output.tar.gz", "bundle")], artifacts.Select(row => (row.Key, Text(row.Value, "kind")!)).Order());

        using var whole = await client.Http.GetAsync(Text(artifacts["dist/out.txt"], "downloadUrl"));
        Assert.Equal(("from the dependency", "attachment"), (await whole.Content.ReadAsStringAsync(), whole.Content.Headers.ContentDisposition?.DispositionType));
        Assert.Equal($"\"{Text(artifacts["dist/out.txt"], "sha256")}\"", whole.Headers.ETag?.Tag);
        using var part = new HttpRequestMessage(HttpMethod.Get, Text(artifacts["dist/out.txt"], "downloadUrl"));
        part.Headers.Range = new RangeHeaderValue(0, 3);
        using var partly = await client.Http.SendAsync(part);
        Assert.Equal((HttpStatusCode.PartialContent, "from"), (partly.StatusCode, await partly.Content.ReadAsStringAsync()));
        using var zip = new ZipArchive(new MemoryStream(await client.Http.GetByteArrayAsync($"/api/builds/{id}/artifacts/all")));
        Assert.Equal(3, zip.Entries.Count);
        await using var bundle = new GZipStream(new MemoryStream(await client.Http.GetByteArrayAsync(Text(artifacts["output.tar.gz"], "downloadUrl"))), CompressionMode.Decompress);
        Assert.Equal("./out.txt", (await new TarReader(bundle).GetNextEntryAsync())!.Name);

        var metrics = (await client.MetricsAsync(id)).Ok().Data;
        Assert.True(metrics.GetProperty("cpuMs").GetInt64() > 0, metrics.ToString());
        Assert.Equal((3, false, 5), (metrics.GetProperty("artifacts").GetProperty("count").GetInt32(), metrics.GetProperty("cache").GetProperty("hit").GetBoolean(), metrics.GetProperty("source").GetProperty("files").GetInt32()));
        var history = (await client.AnalyticsAsync(id)).Ok().Data;
        Assert.Equal((1, 1.0, 100.0), (history.GetProperty("totals").GetProperty("succeeded").GetInt32(), history.GetProperty("successRate").GetDouble(), history.GetProperty("thisBuild").GetProperty("durationRankPct").GetDouble()));
        Assert.Contains("passing", await client.Http.GetStringAsync($"/api/builds/project/{client.Project}/badge.svg"), StringComparison.Ordinal);
        await Until.TrueAsync(() => !Directory.Exists(app.Services.GetRequiredService<BuildFolders>().Of(id)), "the workspace goes once its snapshot is kept");
    }

    [Fact]
    public async Task Build_OfAPythonProject_UsesItsVirtualEnvironment()
    {
        var client = await BuildLab.StartAsync(app);
        var id = await client.CreatedAsync(new
        {
            source = Files(("requirements.txt", "# none\n"), ("shop.py", "import sys\nprint('prefix', sys.prefix)\n")),
            config = new { buildCommand = "python3 shop.py", testCommand = "" },
        });

        var build = await client.EndedAsync(id);
        var log = await client.LogTextAsync(id);
        Assert.True(Text(build, "status") == "succeeded", $"{build}\n{log}");
        Assert.Contains("prefix /build/home/.venv", log, StringComparison.Ordinal);
        Assert.Equal("skipped", Steps(build).Single(step => step.Name == "test").Status);
    }

    [Theory]
    [InlineData("install", "step_failed")]
    [InlineData("build", "step_failed")]
    [InlineData("test", "step_failed")]
    [InlineData("custom", "step_failed")]
    public async Task Build_ThatFailsInAPhase_SaysWhere(string kind, string code)
    {
        var client = await BuildLab.StartAsync(app);
        var kinds = new[] { "install", "build", "test", "custom" };
        var id = await client.CreatedAsync(new { source = Files(("a.txt", "a")), steps = kinds.Select(name => new { name, kind = name, command = name == kind ? "echo broken >&2; exit 7" : "true" }) });

        var build = await client.EndedAsync(id);
        var failure = build.GetProperty("failure");
        Assert.Equal(("failed", code, kind, 7), (Text(build, "status"), Text(failure, "code"), Text(failure, "stepName"), failure.GetProperty("exitCode").GetInt32()));
        Assert.All(Steps(build).SkipWhile(step => step.Name != kind).Skip(1).Where(step => step.Name != "artifacts"), step => Assert.Equal("skipped", step.Status));
        var line = (await client.LogsAsync(id, "?stream=stderr")).Ok().Data[0];
        Assert.Equal("broken", Text(line, "message"));
    }

    [Fact]
    public async Task Build_WithAStepThatMayFail_GoesOn()
    {
        var client = await BuildLab.StartAsync(app);
        var id = await client.CreatedAsync(new { source = Files(("a.txt", "a")), steps = new object[] { new { name = "one", command = "exit 1", continueOnError = true }, new { name = "two", command = "test \"$PLATFORM_BUILD_NUMBER\" = 1 && test \"$CI\" = true", workingDirectory = "." } } });
        Assert.Equal([("fetch", "succeeded"), ("one", "failed"), ("two", "succeeded"), ("artifacts", "succeeded")], Steps(await client.EndedAsync(id)));
    }

    [Fact]
    public async Task Build_OfABadArchive_FailsWithItsEntry()
    {
        var client = await BuildLab.StartAsync(app);
        using var packed = new MemoryStream();
        await using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        await using (var tar = new TarWriter(zip))
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "../evil") { DataStream = new MemoryStream("x"u8.ToArray()) });
        using var form = new MultipartFormDataContent { { new ByteArrayContent(packed.ToArray()), "source", "source.tgz" }, { new StringContent("""{"branch":"main"}"""), "build" } };

        var build = await client.EndedAsync(Id((await client.CreateAsync(form)).Ok(HttpStatusCode.Created).Data));
        Assert.Equal(("failed", "source_invalid", "main"), (Text(build, "status"), Text(build.GetProperty("failure"), "code"), Text(build, "branch")));
        Assert.Contains("../evil", Text(build.GetProperty("failure"), "message"), StringComparison.Ordinal);
        using var junk = new MultipartFormDataContent { { new ByteArrayContent("no archive"u8.ToArray()), "source", "source.tgz" } };
        Assert.Equal((400, "source_invalid"), (await client.CreateAsync(junk)).Refusal);
        Assert.Equal((400, "source_required"), (await client.CreateAsync(new { })).Refusal);
    }

    [Fact]
    public async Task Secrets_DoNotAppearInTheLog()
    {
        var client = await BuildLab.StartAsync(app);
        const string Secret = "pass word/with+signs";
        var id = await client.CreatedAsync(new
        {
            source = Files(("a.txt", "a")),
            environmentVariables = new Dictionary<string, string> { ["MY_SECRET"] = Secret, ["LD_AUDIT_OF_MINE"] = "it's fine" },
            steps = new[] { new { name = "print", command = "echo \"plain $MY_SECRET\"; echo \"b64 $(printf %s \"$MY_SECRET\" | base64)\"; python3 -c 'import os,urllib.parse; print(\"url\", urllib.parse.quote(os.environ[\"MY_SECRET\"], safe=\"\"))'" } },
        });
        var build = await client.EndedAsync(id);
        var log = await client.LogTextAsync(id);
        Assert.True(Text(build, "status") == "succeeded", log);
        Assert.Equal(["plain ***", "b64 ***", "url ***"], log.Split('\n'));
        Assert.DoesNotContain(Secret, build.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_OfARepository_FetchesItsCommitWithItsToken()
    {
        await using var git = await GitServer.StartAsync();
        var first = git.Commit("the first\n\nwith a body", ("run.sh", "echo first"));
        git.Commit("the second", ("run.sh", "echo second"));
        var client = await BuildLab.StartAsync(app);
        object Source(string? commit = null, string? reference = null, string token = GitServer.Token) => new { type = "git", url = git.Url, username = GitServer.Username, token, commitSha = commit, @ref = reference };
        object Build(object source) => new { source, steps = new[] { new { name = "run", command = "sh run.sh; test \"$PLATFORM_COMMIT\" = \"$(git rev-parse HEAD)\"; ! grep -r tok-3n .git" } } };

        var id = await client.CreatedAsync(Build(Source()));
        var build = await client.EndedAsync(id);
        Assert.True(Text(build, "status") == "succeeded", $"{build}\n{await client.LogTextAsync(id)}");
        Assert.Equal(("the second", "Ada", "main"), (Text(build, "commitMessage"), Text(build, "commitAuthor"), Text(build, "branch")));
        Assert.Contains("second", await client.LogTextAsync(id), StringComparison.Ordinal);
        Assert.DoesNotContain(GitServer.Token, build + await client.LogTextAsync(id), StringComparison.Ordinal);

        var old = await client.EndedAsync(await client.CreatedAsync(Build(Source(first))));
        Assert.Equal(("succeeded", first, "the first\n\nwith a body"), (Text(old, "status"), Text(old, "commitSha"), Text(old, "commitMessage")));
        var missing = await client.EndedAsync(await client.CreatedAsync(Build(Source(reference: "no-such"))));
        Assert.Equal("ref_not_found", Text(missing.GetProperty("failure"), "code"));
        var refused = await client.EndedAsync(await client.CreatedAsync(Build(Source(token: "wrong"))));
        Assert.Equal("source_unavailable", Text(refused.GetProperty("failure"), "code"));
    }

    [Fact]
    public async Task Hooks_AroundAndAfterABuild_AreRunAndSigned()
    {
        await using var receiver = await Receiver.StartAsync();
        var client = await BuildLab.StartAsync(app);
        var secret = Text((await client.ChangeSettingsAsync(new
        {
            hooks = new object[]
            {
                new { name = "before", phase = "pre_build", type = "command", command = "echo prepared > prepared.txt" },
                new { name = "after", phase = "on_success", type = "http", url = receiver.Url("/hook") },
                new { name = "look", phase = "on_failure", type = "command", command = "cat prepared.txt made.txt" },
            },
        })).Ok().Data, "hookSecret")!;
        var id = await client.CreatedAsync(new { source = Files(("a.txt", "a")), steps = new[] { new { name = "make", command = "test -f prepared.txt && echo made > made.txt" } } });
        var build = await client.EndedAsync(id);
        Assert.True(Text(build, "status") == "succeeded", $"{build}\n{await client.LogTextAsync(id)}");
        await Until.TrueAsync(() => receiver.At("/hook").Count == 1, "the hook is called");
        var call = receiver.At("/hook")[0];
        Assert.Equal(("hook", "on_success", id.ToString()), (Text(call.Json, "event"), Text(call.Json, "phase"), Text(call.Json.GetProperty("build"), "id")));
        Assert.Equal(Platform.Outbound.WebhookSignature.Standard([secret], call.Headers["webhook-id"], long.Parse(call.Headers["webhook-timestamp"], System.Globalization.CultureInfo.InvariantCulture), Encoding.UTF8.GetBytes(call.Body)), call.Headers["webhook-signature"]);

        await Until.TrueAsync(async () => await BuildLab.HasSnapshotAsync(app, id), "the files are kept");
        var run = (await client.HooksAsync(id, new { names = new[] { "look" } })).Ok().Data;
        Assert.Equal((1, 1, 0, "prepared\nmade\n"), (run.GetProperty("executed").GetInt32(), run.GetProperty("succeeded").GetInt32(), run.GetProperty("failed").GetInt32(), Text(run.GetProperty("results")[0], "output")));
        Assert.Equal((404, "not_found"), (await client.HooksAsync(id, new { names = new[] { "none" } })).Refusal);
        Assert.Equal(0, (await client.HooksAsync(id, new { phase = "post_build" })).Ok().Data.GetProperty("executed").GetInt32());
        Assert.Equal((400, "validation_failed"), (await client.HooksAsync(id, new { })).Refusal);
        Assert.Equal(["before", "after", "look"], (await client.GetAsync(id)).Ok().Data.GetProperty("hooks").EnumerateArray().Select(hook => Text(hook, "name")!));
    }

    [Fact]
    public async Task Dependencies_OfTheSameLockFile_AreRestored()
    {
        var client = await BuildLab.StartAsync(app);
        object Build(bool clear = false) => new
        {
            source = Files(("requirements.txt", "# none\n"), ("a.txt", "a")),
            clearCache = clear,
            config = new { installCommand = "test -f kept/x && echo was-there; mkdir -p kept; echo 1 > kept/x", buildCommand = "", testCommand = "", cachePaths = new[] { "kept" } },
        };
        async Task<(JsonElement Cache, string Log)> RunAsync(bool clear = false)
        {
            var id = await client.CreatedAsync(Build(clear));
            Assert.Equal("succeeded", Text(await client.EndedAsync(id), "status"));
            return ((await client.MetricsAsync(id)).Ok().Data.GetProperty("cache"), await client.LogTextAsync(id));
        }

        var first = await RunAsync();
        Assert.True(!first.Cache.GetProperty("hit").GetBoolean() && first.Cache.GetProperty("savedBytes").GetInt64() > 0);
        var second = await RunAsync();
        Assert.True(second.Cache.GetProperty("hit").GetBoolean(), second.Cache.ToString());
        Assert.Contains("was-there", second.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("was-there", (await RunAsync(clear: true)).Log, StringComparison.Ordinal);
    }
}

public sealed class PlatformBuildTestsOnSqlite(BuildsOnSqlite fixture) : PlatformBuildTests(fixture.App), IClassFixture<BuildsOnSqlite>;

public sealed class PlatformBuildTestsOnPostgres(BuildsOnPostgres fixture) : PlatformBuildTests(fixture.App), IClassFixture<BuildsOnPostgres>;
