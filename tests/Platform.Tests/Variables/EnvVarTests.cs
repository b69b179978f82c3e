using System.Text.Json;
using Microsoft.EntityFrameworkCore;

using Platform.Tests.Fixtures;
using Platform.Tests.Http;
using Platform.Tests.Organizations;
using Platform.Variables;

namespace Platform.Tests.Variables;

/// <summary>Environment variables of builds and functions, through HTTP.</summary>
public sealed class EnvVarTests(OrganizationApps apps) : IClassFixture<OrganizationApps>
{
    private const string Path = "/api/settings/env-vars";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_Sensitive_IsMaskedEverywhere(Db database)
    {
        var owner = await OwnerAsync(database);
        var made = await owner.CallAsync($"POST {Path}", new { key = "API_KEY", value = "0123456789abcdef", description = "of the bank" });
        Assert.Equal((201, "********", "cdef", 1), ((int)made.Status, made.Data.Text("value"), made.Data.Text("valuePreview"), made.Data.GetProperty("version").GetInt32()));
        Assert.Equal("production preview development|builds functions|of the bank", Words(made.Data));
        await SetAsync(owner, new { key = "SHORT", value = "0123456789abcde" });
        await SetAsync(owner, new { key = "OPEN", value = "seen", sensitive = false, targets = new[] { "preview" }, scopes = new[] { "builds" } });

        var list = (await owner.CallAsync($"GET {Path}")).Data.EnumerateArray().ToList();
        Assert.Equal(["OPEN", "SHORT", "API_KEY"], list.Select(row => row.Text("key")));
        Assert.Equal(["seen", "********", "********"], list.Select(row => row.Text("value")));
        Assert.Equal([false, false, true], list.Select(row => row.TryGetProperty("valuePreview", out _)));
        Assert.Equal("preview|builds|", Words(list[0]));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_SameKeyAndTarget_IsRefusedUnlessItReplaces(Db database)
    {
        var owner = await OwnerAsync(database);
        var first = await SetAsync(owner, new { key = "URL", value = "one", sensitive = false, targets = new[] { "production" } });
        await SetAsync(owner, new { key = "URL", value = "two", sensitive = false, targets = new[] { "preview", "development" } });
        await SetAsync(owner, new { key = "url", value = "another key", sensitive = false });
        (await owner.CallAsync($"POST {Path}", new { key = "URL", value = "three", targets = new[] { "production", "preview" } })).AssertRefused(409, "env_conflict");

        var replaced = await owner.CallAsync($"POST {Path}", new { key = "URL", value = "three", sensitive = false, targets = new[] { "production", "preview" }, upsert = true });
        Assert.Equal((200, first.Text("id"), 2), ((int)replaced.Status, replaced.Data.Text("id"), replaced.Data.GetProperty("version").GetInt32()));
        Assert.Equal(["development=two", "production preview=three"], await ValuesAsync(owner, "URL"));
        var all = await owner.CallAsync($"POST {Path}", new { key = "URL", value = "four", sensitive = false, upsert = true });
        Assert.Equal((200, first.Text("id")), ((int)all.Status, all.Data.Text("id")));
        Assert.Equal(["production preview development=four"], await ValuesAsync(owner, "URL"));
        var part = await owner.CallAsync($"POST {Path}", new { key = "URL", value = "five", sensitive = false, targets = new[] { "preview" }, upsert = true });
        Assert.Equal(201, (int)part.Status);
        Assert.Equal(["preview=five", "production development=four"], await ValuesAsync(owner, "URL"));
        Assert.Equal(["production preview development=another key"], await ValuesAsync(owner, "url"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_Several_AreAllSetOrNone(Db database)
    {
        var owner = await OwnerAsync(database);
        await SetAsync(owner, new { key = "TAKEN", value = "x" });
        var several = new { variables = new[] { new { key = "A", value = "1" }, new { key = "TAKEN", value = "2" }, new { key = "B", value = "3" } } };
        (await owner.CallAsync($"POST {Path}", several)).AssertRefused(409, "env_conflict");
        Assert.Equal(1, (await owner.CallAsync($"GET {Path}")).Body.GetProperty("total").GetInt32());

        var made = await owner.CallAsync($"POST {Path}", new { several.variables, upsert = true });
        Assert.Equal(201, (int)made.Status);
        Assert.Equal(["A:1", "TAKEN:2", "B:1"], made.Data.EnumerateArray().Select(row => $"{row.Text("key")}:{row.GetProperty("version")}"));
        Assert.Equal(200, (int)(await owner.CallAsync($"POST {Path}", new { several.variables, upsert = true })).Status);
        (await owner.CallAsync($"POST {Path}", new { variables = new[] { new { key = "C", value = "1" }, new { key = "C", value = "2" } } })).AssertRefused(400, "validation_failed");
        (await owner.CallAsync($"POST {Path}", new { several.variables, key = "D", value = "1" })).AssertRefused(400, "validation_failed");
    }

    [Theory]
    [InlineData("""{"value":"x"}""")]
    [InlineData("""{"key":"A"}""")]
    [InlineData("""{"key":"1A","value":"x"}""")]
    [InlineData("""{"key":"A-B","value":"x"}""")]
    [InlineData("""{"key":"PLATFORM_X","value":"x"}""")]
    [InlineData("""{"key":"A","value":"\u0000"}""")]
    [InlineData("""{"key":"A","value":"x","targets":[]}""")]
    [InlineData("""{"key":"A","value":"x","targets":["moon"]}""")]
    [InlineData("""{"key":"A","value":"x","scopes":["tests"]}""")]
    [InlineData("""{"variables":[]}""")]
    [InlineData("""{"variables":[{"key":"PLATFORM_X","value":"x"}]}""")]
    [InlineData("""{"variables":[{"key":"A"}]}""")]
    public async Task Create_BadInput_IsRefused(string body)
    {
        var owner = await OwnerAsync(Db.Sqlite);
        (await owner.CallAsync($"POST {Path}", JsonDocument.Parse(body).RootElement)).AssertRefused(400, "validation_failed");
        Assert.Equal(0, (await owner.CallAsync($"GET {Path}")).Body.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Create_Value_IsLimitedInBytes()
    {
        var owner = await OwnerAsync(Db.Sqlite);
        Assert.Equal("", (await SetAsync(owner, new { key = "EMPTY", value = "", sensitive = false })).Text("value"));
        await SetAsync(owner, new { key = "LARGE", value = new string('ü', 16 * 1024) });
        (await owner.CallAsync($"POST {Path}", new { key = "LARGER", value = new string('ü', 16 * 1024) + "x" })).AssertRefused(400, "validation_failed");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_AtTheLimit_IsRefused(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database, settings: [("Variables:MaxRuntimePerProject", "2")]);
        var owner = await app.CreateUserAsync();
        await SetAsync(owner, new { key = "A", value = "1", targets = new[] { "preview" } });
        await SetAsync(owner, new { key = "A", value = "2", targets = new[] { "development" } });
        (await owner.CallAsync($"POST {Path}", new { key = "B", value = "3" })).AssertRefused(409, "too_many");
        (await owner.CallAsync($"POST {Path}", new { variables = new[] { new { key = "A", value = "4" }, new { key = "B", value = "5" } }, upsert = true })).Good.GetProperty("data");   // two give way to one
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_AtOnce_HasOneWinnerAndLosesNothing(Db database)
    {
        var owner = await OwnerAsync(database);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => owner.CallAsync($"POST {Path}", new { key = "RACE", value = $"{i}", sensitive = false })));
        Assert.Equal((1, 11), (answers.Count(answer => (int)answer.Status == 201), answers.Count(answer => (int)answer.Status == 409)));

        var replaced = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => owner.CallAsync($"POST {Path}", new { key = "RACE", value = $"{i}", sensitive = false, upsert = true })));
        Assert.All(replaced, answer => Assert.Equal(200, (int)answer.Status));
        Assert.Equal(13, (await owner.CallAsync($"GET {Path}")).Data[0].GetProperty("version").GetInt32());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task List_Filters(Db database)
    {
        var owner = await OwnerAsync(database);
        await SetAsync(owner, new { key = "LIVE_URL", value = "x", targets = new[] { "production" }, scopes = new[] { "functions" } });
        await SetAsync(owner, new { key = "OTHER", value = "x", targets = new[] { "preview" }, scopes = new[] { "builds" } });
        var project = (await apps[database].PlaceOfAsync(owner)).ProjectId;
        _ = (await owner.CallAsync($"POST /api/projects/{project}/variables", new { key = "FOR_TESTS", value = "y" })).Good;

        Assert.Equal("FOR_TESTS OTHER LIVE_URL", await KeysAsync(""));
        Assert.Equal("LIVE_URL", await KeysAsync("target=production"));
        Assert.Equal("OTHER LIVE_URL", await KeysAsync("target=production,preview"));
        Assert.Equal("OTHER", await KeysAsync("scope=builds"));
        Assert.Equal("FOR_TESTS", await KeysAsync("scope=tests"));
        Assert.Equal("FOR_TESTS OTHER", await KeysAsync("scope=tests,builds"));
        Assert.Equal("LIVE_URL", await KeysAsync("search=_url"));
        Assert.Equal("OTHER", await KeysAsync("limit=1&offset=1"));
        foreach (var bad in new[] { "target=moon", "limit=0", "limit=201", "offset=-1" })
            (await owner.CallAsync($"GET {Path}?{bad}")).AssertRefused(400, "validation_failed");

        async Task<string> KeysAsync(string query) => string.Join(' ', (await owner.CallAsync($"GET {Path}?{query}")).Data.EnumerateArray().Select(row => row.Text("key")));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Delete_ForTests_IsRefusedHere(Db database)
    {
        var owner = await OwnerAsync(database);
        var own = await SetAsync(owner, new { key = "GONE", value = "x" });
        var project = (await apps[database].PlaceOfAsync(owner)).ProjectId;
        var ofTests = (await owner.CallAsync($"POST /api/projects/{project}/variables", new { key = "FOR_TESTS", value = "y" })).Data;

        (await owner.CallAsync($"DELETE {Path}/{ofTests.Text("id")}")).AssertRefused(409, "read_only");
        Assert.True((await owner.CallAsync($"DELETE {Path}/{own.Text("id")}")).Data.GetProperty("deleted").GetBoolean());
        (await owner.CallAsync($"DELETE {Path}/{own.Text("id")}")).AssertRefused(404, "not_found");
        Assert.Equal("FOR_TESTS", Assert.Single((await owner.CallAsync($"GET {Path}")).Data.EnumerateArray()).Text("key"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Project_NamedByTheRequest_DecidesWhatTheCallerMay(Db database)
    {
        var (team, stranger) = (await TestTeam.FormAsync(apps[database]), await OwnerAsync(database));
        var foreign = (await apps[database].PlaceOfAsync(stranger)).ProjectId.ToString();
        var project = (await team.Owner.CallAsync("POST /api/projects", new { name = "Second" })).Data.GetProperty("id").GetString();
        await SetAsync(team.Owner, new { key = "HERE", value = "x" });
        await SetAsync(team.Owner, new { key = "THERE", value = "x", projectId = project });

        Assert.Equal(["THERE"], await KeysAsync($"projectId={project}"));
        Assert.Equal(["THERE", "HERE"], await KeysAsync("projectId=all"));
        foreach (var unknown in new[] { foreign, Guid.CreateVersion7().ToString(), "nonsense" })
        {
            (await team.Owner.CallAsync($"GET {Path}?projectId={unknown}")).AssertRefused(404, "not_found");
            (await team.Owner.CallAsync($"POST {Path}", new { key = "A", value = "x", projectId = unknown })).AssertRefused(404, "not_found");
        }

        (await team.Viewer.CallAsync($"GET {Path}?projectId={project}")).AssertRefused(403, "forbidden");
        (await team.Viewer.CallAsync($"GET {Path}?projectId=all")).AssertRefused(403, "forbidden");
        (await team.Viewer.CallAsync($"POST {Path}", new { key = "A", value = "x", projectId = project })).AssertRefused(403, "forbidden");

        async Task<string[]> KeysAsync(string query) => [.. (await team.Owner.CallAsync($"GET {Path}?{query}")).Data.EnumerateArray().Select(row => row.Text("key"))];
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_Repeated_AnswersOnceWithoutTheValueInClear(Db database)
    {
        var owner = await OwnerAsync(database);
        var body = new { key = "ONCE", value = "Needle-7d1e-needle", sensitive = false };
        var first = await owner.CallAsync($"POST {Path}", body, ("Idempotency-Key", "env-once"));
        var again = await owner.CallAsync($"POST {Path}", body, ("Idempotency-Key", "env-once"));
        Assert.Equal((201, first.Data.ToString()), ((int)again.Status, again.Data.ToString()));
        var stored = await apps[database].ReadAsync(db => db.Variables.Where(row => row.Key == "ONCE").Select(row => row.Value).ToListAsync());
        var answers = await apps[database].ReadAsync(db => db.IdempotencyKeys.Select(row => row.Result).ToListAsync());
        var audit = await apps[database].ReadAsync(db => db.AuditEntries.Where(entry => entry.Action == "variable.set").ToListAsync());
        Assert.DoesNotContain(stored.Concat(answers), text => text?.Contains("Needle-7d1e", StringComparison.Ordinal) == true);
        Assert.Contains(audit, entry => entry.ResourceName == "ONCE");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Change_RaisesAnEventWithTheKeyAlone(Db database)
    {
        var owner = await OwnerAsync(database);
        var made = await SetAsync(owner, new { key = "HEARD", value = "Needle-19ab", targets = new[] { "preview" } });
        await owner.CallAsync($"POST {Path}", new { key = "HEARD", value = "Needle-19ac", upsert = true });
        await owner.CallAsync($"DELETE {Path}/{made.Text("id")}");

        var events = await apps[database].ReadAsync(db => db.Events.Where(row => row.AggregateId == made.Text("id")).OrderBy(row => row.StoredAt).Select(row => row.Payload).ToListAsync());
        Assert.Equal(["created", "updated", "deleted"], events.Select(payload => JsonDocument.Parse(payload).RootElement.Text("change")));
        Assert.DoesNotContain(events, payload => payload.Contains("Needle", StringComparison.Ordinal));
    }

    private async Task<TestUser> OwnerAsync(Db database) => await apps[database].CreateUserAsync();

    private static async Task<JsonElement> SetAsync(TestUser user, object variable)
    {
        var made = await user.CallAsync($"POST {Path}", variable);
        Assert.True((int)made.Status == 201, made.Body.ToString());
        return made.Data;
    }

    private static async Task<string[]> ValuesAsync(TestUser user, string key) =>
        [.. (await user.CallAsync($"GET {Path}?search={key}")).Data.EnumerateArray().Where(row => row.Text("key") == key)
            .Select(row => $"{Joined(row, "targets")}={row.Text("value")}").Order(StringComparer.Ordinal)];

    private static string Words(JsonElement row) => $"{Joined(row, "targets")}|{Joined(row, "scopes")}|{row.GetProperty("description")}";

    private static string Joined(JsonElement row, string list) => string.Join(' ', row.GetProperty(list).EnumerateArray().Select(item => item.GetString()));
}
