using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

using Platform.Data;
using Platform.Organizations;
using Platform.Tests.Admin;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Scripts;

/// <summary>Saved scripts through HTTP (executions.md §2.16, §3.5), their versions and runs.</summary>
public sealed class ScriptTests(ScriptTests.Apps apps) : IClassFixture<ScriptTests.Apps>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Scripts_SaveReadChangeDelete(Db db)
    {
        var app = await apps.GetAsync(db);
        var scripts = await ScriptClient.NewAsync(app);
        var created = await scripts.CallAsync(HttpMethod.Post, ScriptClient.Path, new { name = "one", script = "print(1)", description = "first" });
        var id = created.GetProperty("script_id").GetGuid();
        Assert.Equal(["script_id", "name", "script", "lang", "lang_version", "description", "created_at", "updated_at"], created.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("one", "print(1)", "python", "3.11", "first"), (created.Text("name"), created.Text("script"), created.Text("lang"), created.Text("lang_version"), created.Text("description")));
        Assert.Equal(created.GetRawText(), (await scripts.CallAsync(HttpMethod.Get, ScriptClient.Of(id))).GetRawText());
        var second = await scripts.SaveAsync(name: "two");
        Assert.Equal(["two", "one"], (await scripts.ListAsync()).Select(script => script.Text("name")));

        var changed = await scripts.CallAsync(HttpMethod.Put, ScriptClient.Of(id), new { name = "renamed", script = "echo hi", lang = "bash", lang_version = "5.2" });
        Assert.Equal(("renamed", "bash", "first", created.GetProperty("created_at").GetDateTimeOffset()), (changed.Text("name"), changed.Text("lang"), changed.Text("description"), changed.GetProperty("created_at").GetDateTimeOffset()));
        Assert.Equal(["renamed", "two"], (await scripts.ListAsync()).Select(script => script.Text("name")));
        await scripts.CallAsync(HttpMethod.Delete, ScriptClient.Of(second), expected: HttpStatusCode.NoContent);
        await scripts.CallAsync(HttpMethod.Get, ScriptClient.Of(second), expected: HttpStatusCode.NotFound);
        await scripts.CallAsync(HttpMethod.Delete, ScriptClient.Of(second), expected: HttpStatusCode.NotFound);

        var events = await app.WithDatabaseAsync(rows => rows.Events.AsNoTracking().Where(stored => stored.UserId == scripts.User.Id && stored.Topic == "script_events").OrderBy(stored => stored.RowId).ToListAsync());
        Assert.Equal(["script_saved", "script_saved", "script_saved", "script_deleted"], events.Select(stored => stored.EventType));
        var saved = events[2].ReadPayload<JsonElement>();
        Assert.Equal((id, scripts.User.Id, "renamed", "bash"), (saved.GetProperty("script_id").GetGuid(), saved.GetProperty("user_id").GetGuid(), saved.Text("title"), saved.Text("language")));
        Assert.Equal(scripts.User.Id, events[3].ReadPayload<JsonElement>().GetProperty("deleted_by").GetGuid());
    }

    [Theory]
    [InlineData("""{"script":"x"}""", "name")]
    [InlineData("""{"name":"","script":"x"}""", "name")]
    [InlineData("""{"name":"x"}""", "script")]
    [InlineData("""{"name":"x","script":""}""", "script")]
    [InlineData("""{"name":"x","script":"x","lang":"cobol"}""", "lang")]
    [InlineData("""{"name":"x","script":"x","lang":"ruby"}""", "lang_version")]
    [InlineData("""{"name":"x","script":"x","lang_version":"2.7"}""", "lang_version")]
    public async Task Save_Unfit_Is422(string body, string field)
    {
        var scripts = await ScriptClient.NewAsync(await apps.GetAsync(Db.Sqlite));
        var refused = await scripts.CallAsync(HttpMethod.Post, ScriptClient.Path, JsonSerializer.Deserialize<JsonElement>(body), HttpStatusCode.UnprocessableEntity);
        Assert.Equal(field, refused.GetProperty("detail")[0].GetProperty("loc")[1].GetString());
        Assert.Empty(await scripts.ListAsync());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Foreigners_FindNothing_NorDoOperators(Db db)
    {
        var app = await apps.GetAsync(db);
        var (owner, other, op) = (await ScriptClient.NewAsync(app), await ScriptClient.NewAsync(app), new ScriptClient(await app.OperatorAsync()));
        await app.JoinAsync(other.User, owner.User, OrganizationRole.Admin);
        var id = await owner.SaveAsync();
        (HttpMethod Method, string Part, object? Body)[] calls =
        [
            (HttpMethod.Get, "", null), (HttpMethod.Put, "", new { name = "x", script = "x" }), (HttpMethod.Delete, "", null), (HttpMethod.Post, "/run", new { }),
            (HttpMethod.Get, "/versions", null), (HttpMethod.Get, "/versions/1", null), (HttpMethod.Post, "/versions/1/restore", null),
            (HttpMethod.Get, "/schedule", null), (HttpMethod.Put, "/schedule", new { cron = "0 3 * * *" }), (HttpMethod.Delete, "/schedule", null),
        ];
        foreach (var (method, part, body) in calls)
        {
            Assert.Equal(HttpStatusCode.NotFound, await other.StatusAsync(method, ScriptClient.Of(id, part), body));
            Assert.Equal(HttpStatusCode.NotFound, await op.StatusAsync(method, ScriptClient.Of(id, part), body));
        }

        Assert.Empty(await op.ListAsync());
        Assert.Equal("print(6 * 7)", (await owner.CallAsync(HttpMethod.Get, ScriptClient.Of(id))).Text("script"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Save_MoreThanFitAtOnce_FillsToTheLimit(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db, settings: ("Scripts:MaxPerUser", "3"));
        var (scripts, other) = (await ScriptClient.NewAsync(app), await ScriptClient.NewAsync(app));
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => scripts.Http.CallAsync(HttpMethod.Post, ScriptClient.Path, new { name = $"n{i}", script = "x" })));

        Assert.Equal(3, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal((HttpStatusCode.BadRequest, "At most 3 scripts can be saved"), (answer.Status, answer.Body.Text("detail"))));
        await other.SaveAsync();
        await scripts.CallAsync(HttpMethod.Delete, ScriptClient.Of((await scripts.ListAsync())[0].GetProperty("script_id").GetGuid()), expected: HttpStatusCode.NoContent);
        await scripts.SaveAsync();
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Save_SameKeyTwice_MakesOneScript(Db db)
    {
        var scripts = await ScriptClient.NewAsync(await apps.GetAsync(db));
        var body = new { name = "once", script = "print(1)" };
        var (first, again) = (await scripts.PostAsync(ScriptClient.Path, body, "key-1"), await scripts.PostAsync(ScriptClient.Path, body, "key-1"));
        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Single(await scripts.ListAsync());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Changes_AtOnce_EachMakeOneVersionOrAreRefused(Db db)
    {
        var scripts = await ScriptClient.NewAsync(await apps.GetAsync(db));
        var id = await scripts.SaveAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => scripts.StatusAsync(HttpMethod.Put, ScriptClient.Of(id), new { name = "n", script = $"print({i})" })));

        Assert.All(answers, status => Assert.Contains(status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Conflict]));
        var versions = await scripts.ListAsync(ScriptClient.Of(id, "/versions"));
        Assert.Equal(answers.Count(status => status == HttpStatusCode.OK) + 1, versions.Count);
        Assert.Equal(Enumerable.Range(1, versions.Count).Reverse(), versions.Select(version => version.GetProperty("version").GetInt32()));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Versions_AreKeptReadAndRestored(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db, settings: ("Scripts:MaxVersions", "3"));
        var scripts = await ScriptClient.NewAsync(app);
        var id = await scripts.SaveAsync("print(1)");
        for (var i = 2; i <= 4; i++)
            await scripts.CallAsync(HttpMethod.Put, ScriptClient.Of(id), new { name = $"n{i}", script = $"print({i})" });
        await scripts.CallAsync(HttpMethod.Put, ScriptClient.Of(id), new { name = "n4", script = "print(4)" });   // no difference, no version

        Assert.Equal([4, 3, 2], (await scripts.ListAsync(ScriptClient.Of(id, "/versions"))).Select(version => version.GetProperty("version").GetInt32()));
        Assert.Equal("print(2)", (await scripts.CallAsync(HttpMethod.Get, ScriptClient.Of(id, "/versions/2"))).Text("script"));
        foreach (var gone in new[] { "1", "5", "0", "-1", "x" })
        {
            await scripts.CallAsync(HttpMethod.Get, ScriptClient.Of(id, $"/versions/{gone}"), expected: HttpStatusCode.NotFound);
            await scripts.CallAsync(HttpMethod.Post, ScriptClient.Of(id, $"/versions/{gone}/restore"), expected: HttpStatusCode.NotFound);
        }

        var restored = await scripts.CallAsync(HttpMethod.Post, ScriptClient.Of(id, "/versions/2/restore"));
        Assert.Equal(("n2", "print(2)"), (restored.Text("name"), restored.Text("script")));
        Assert.Equal([5, 4, 3], (await scripts.ListAsync(ScriptClient.Of(id, "/versions"))).Select(version => version.GetProperty("version").GetInt32()));
        await scripts.CallAsync(HttpMethod.Delete, ScriptClient.Of(id), expected: HttpStatusCode.NoContent);
        Assert.Equal(0, await app.WithDatabaseAsync(rows => rows.ScriptVersions.CountAsync()));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Run_ByIdVersionAndKey_RunsTheScriptOnce(Db db)
    {
        var scripts = await ScriptClient.NewAsync(await apps.GetAsync(db));
        var id = await scripts.SaveAsync("import sys; print('first', sys.argv[1:])");
        await scripts.CallAsync(HttpMethod.Put, ScriptClient.Of(id), new { name = "n", script = "print('second', input())" });

        var newest = await scripts.CallAsync(HttpMethod.Post, ScriptClient.Of(id, "/run?wait=60"), new { stdin = "in" });
        Assert.Equal(("completed", "second in\n"), (newest.Text("status"), newest.Text("output")));
        var earlier = await scripts.CallAsync(HttpMethod.Post, ScriptClient.Of(id, "/run?wait=60"), new { version = 1, args = new[] { "a" } });
        Assert.Equal("first ['a']\n", earlier.Text("output"));
        var (once, again) = (await scripts.PostAsync(ScriptClient.Of(id, "/run"), new { version = 1 }, "run-1"), await scripts.PostAsync(ScriptClient.Of(id, "/run"), new { version = 1 }, "run-1"));
        Assert.Equal(once.GetProperty("execution_id").GetGuid(), again.GetProperty("execution_id").GetGuid());
        Assert.Equal(3, (await scripts.CallAsync(HttpMethod.Get, "/api/v1/user/executions")).GetProperty("total").GetInt32());

        Assert.Equal(HttpStatusCode.NotFound, await scripts.StatusAsync(HttpMethod.Post, ScriptClient.Of(id, "/run"), new { version = 9 }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await scripts.StatusAsync(HttpMethod.Post, ScriptClient.Of(id, "/run"), new { version = 0 }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await scripts.StatusAsync(HttpMethod.Post, ScriptClient.Of(id, "/run"), new { env = new Dictionary<string, string> { ["LD_PRELOAD"] = "x" } }));
        Assert.Equal(HttpStatusCode.Forbidden, await scripts.StatusAsync(HttpMethod.Post, ScriptClient.Of(id, "/run"), new { priority = "critical" }));
    }

    [Fact]
    public async Task Run_TokenThatMayNotReadScripts_IsRefused()
    {
        var app = await apps.GetAsync(Db.Sqlite);
        var scripts = await ScriptClient.NewAsync(app);
        var id = await scripts.SaveAsync();
        using var runner = app.WithToken((await Contract.AccessTokens.OfAsync(scripts.User, Platform.Identity.Permissions.ExecutionsRun))!);
        using var writer = app.WithToken((await Contract.AccessTokens.OfAsync(scripts.User, Platform.Identity.Permissions.ScriptsWrite, Platform.Identity.Permissions.ScriptsRead))!);

        await runner.CallAsync(HttpMethod.Post, ScriptClient.Of(id, "/run"), new { }, HttpStatusCode.Forbidden);
        await writer.CallAsync(HttpMethod.Post, ScriptClient.Of(id, "/run"), new { }, HttpStatusCode.Forbidden);
        await writer.CallAsync(HttpMethod.Put, ScriptClient.Of(id, "/schedule"), new { cron = "* * * * *" }, HttpStatusCode.Forbidden);
        Assert.Equal(0, (await scripts.CallAsync(HttpMethod.Get, "/api/v1/user/executions")).GetProperty("total").GetInt32());
    }

    /// <summary>One app per database for the tests that need no settings of their own.</summary>
    public sealed class Apps : IAsyncLifetime
    {
        private readonly PerDatabase<PlatformApp> _apps = new(db => PlatformApp.StartAsync(db));

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync() => await _apps.DisposeAsync();

        internal Task<PlatformApp> GetAsync(Db db) => _apps.GetAsync(db);
    }
}
