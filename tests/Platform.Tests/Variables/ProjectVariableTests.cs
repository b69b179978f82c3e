using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Variables;

/// <summary>Variables and secrets through the API: what is answered, and what is refused.</summary>
public abstract class ProjectVariableTests(PlatformApp app)
{
    [Fact]
    public async Task Variable_FromCreationToDeletion_IsShownAsItIs()
    {
        var project = await StartAsync();

        var created = (await project.CreateAsync(new { key = "BASE_URL", value = " https://example.com/ä🔑\n", description = "where tests go", extra = 1 })).Data();

        Assert.Equal(
            ("BASE_URL", " https://example.com/ä🔑\n", "variable", false, "where tests go", project.ProjectId, 1),
            (Text(created, "key"), Text(created, "value"), Text(created, "type"), created.GetProperty("isSecret").GetBoolean(), Text(created, "description"),
                created.GetProperty("projectId").GetGuid(), created.GetProperty("version").GetInt32()));
        Assert.False(created.TryGetProperty("fileName", out _));
        var id = created.GetProperty("id").GetGuid();
        Assert.Equal(created.ToString(), (await project.GetAsync(id)).Data().ToString());
        Assert.Equal(created.ToString(), Assert.Single((await project.ListAsync()).Data().EnumerateArray()).ToString());

        var deleted = await project.DeleteAsync(id);
        Assert.Equal((HttpStatusCode.OK, """{"success":true}"""), (deleted.Status, deleted.Body.ToString()));
        var gone = await project.GetAsync(id);
        Assert.Equal((HttpStatusCode.NotFound, "Variable not found"), (gone.Status, gone.Error()));
        Assert.Equal(HttpStatusCode.NotFound, (await project.DeleteAsync(id)).Status);
        Assert.Empty((await project.ListAsync()).Data().EnumerateArray());
    }

    [Fact]
    public async Task Secret_IsShownOnlyByDecryptingIt()
    {
        var project = await StartAsync();

        var created = (await project.CreateAsync(new { key = "PASSWORD", value = "hunter2", isSecret = true })).Data();

        var id = created.GetProperty("id").GetGuid();
        Assert.Equal(("[ENCRYPTED]", "secret", true), (Text(created, "value"), Text(created, "type"), created.GetProperty("isSecret").GetBoolean()));
        Assert.Equal("[ENCRYPTED]", Text((await project.GetAsync(id)).Data(), "value"));
        var listed = Assert.Single((await project.ListAsync()).Data().EnumerateArray());
        Assert.False(listed.TryGetProperty("value", out _));
        Assert.Equal("[ENCRYPTED]", Text((await project.UpdateAsync(id, new { description = "of the test user" })).Data(), "value"));
        Assert.Equal($$"""{"id":"{{id}}","key":"PASSWORD","value":"hunter2","description":"of the test user"}""", (await project.DecryptAsync(id)).Data().ToString());
        Assert.Equal("secret", Text((await project.CreateAsync(new { key = "BY_TYPE", value = "x", type = "secret" })).Data(), "type"));
    }

    [Fact]
    public async Task List_ByDefaultOwner_IsNewestFirstWithAllRights()
    {
        var project = await StartAsync();
        foreach (var key in new[] { "FIRST", "SECOND", "THIRD" })
            await project.CreatedAsync(new { key, value = key });

        var (_, body) = await project.ListAsync();

        Assert.Equal(["THIRD", "SECOND", "FIRST"], body.GetProperty("data").EnumerateArray().Select(variable => Text(variable, "key")));
        Assert.Equal(
            ["success", "data", "canCreate", "canDelete", "canViewSecrets", "canCreateEdit", "canManage"], body.EnumerateObject().Select(member => member.Name));
        Assert.All(body.EnumerateObject().Where(member => member.Name.StartsWith("can", StringComparison.Ordinal)), member => Assert.True(member.Value.GetBoolean(), member.Name));
    }

    [Theory]
    [InlineData("""{"key":"ABC","value":"x"}""")]
    [InlineData("""{"key":"A23456789012345678901","value":"x"}""")]
    [InlineData("""{"key":"lower","value":"x"}""")]
    [InlineData("""{"key":"1ABC","value":"x"}""")]
    [InlineData("""{"key":"AB-CD","value":"x"}""")]
    [InlineData("""{"key":"ABCD\n","value":"x"}""")]
    [InlineData("""{"key":"ABCÄ","value":"x"}""")]
    [InlineData("""{"key":"PLATFORM_X","value":"x"}""")]
    [InlineData("""{"key":"PATH","value":"x"}""")]
    [InlineData("""{"key":"HOME","value":"x"}""")]
    [InlineData("""{"key":"USER","value":"x"}""")]
    [InlineData("""{"key":"NODE_ENV","value":"x"}""")]
    [InlineData("""{"key":"PORT","value":"x"}""")]
    [InlineData("""{"key":"GOOD_KEY","value":""}""")]
    [InlineData("""{"key":"GOOD_KEY"}""")]
    [InlineData("""{"key":"GOOD_KEY","value":null}""")]
    [InlineData("""{"key":"GOOD_KEY","value":1}""")]
    [InlineData("""{"value":"x"}""")]
    [InlineData("""{"key":"GOOD_KEY","value":"x","isSecret":"yes"}""")]
    [InlineData("""{"key":"GOOD_KEY","value":"x","type":"file"}""")]
    [InlineData("""{"key":"GOOD_KEY","value":"x","type":"other"}""")]
    [InlineData("""{"key":"GOOD_KEY","value":"a\u0000b"}""")]
    [InlineData("""{"key":"GOOD_KEY","value":"x","value":"y"}""")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    public async Task Create_OfWrongForm_Is400AndStoresNothing(string body)
    {
        var project = await StartAsync();

        var answer = await project.SendAsync(HttpMethod.Post, "", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.NotEmpty(answer.Error());
        Assert.Empty((await project.ListAsync()).Data().EnumerateArray());
    }

    [Fact]
    public async Task Create_AtTheLimits_IsTakenAndOneAboveRefused()
    {
        var project = await StartAsync();

        await project.CreatedAsync(new { key = "ABCD", value = new string('x', 10_000), description = new string('d', 300) });
        await project.CreatedAsync(new { key = "A2345678901234567890", value = "x" });

        foreach (var variable in new[] { new { key = "LONG_VALUE", value = new string('x', 10_001), description = "" }, new { key = "LONG_TEXT", value = "x", description = new string('d', 301) } })
            Assert.Equal(HttpStatusCode.BadRequest, (await project.CreateAsync(variable)).Status);
        var both = await project.CreateAsync(new { key = "x", value = "" });
        Assert.Equal(["key", "value"], both.Body.GetProperty("details").EnumerateArray().Select(problem => Text(problem, "field")));
        var malformed = await project.SendAsync(HttpMethod.Post, "", new StringContent("{", Encoding.UTF8, "application/json"));
        Assert.Equal("Invalid JSON in request body", malformed.Error());
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await project.SendAsync(HttpMethod.Post, "", new StringContent("key=ABCD", Encoding.UTF8, "application/x-www-form-urlencoded"))).Status);
        var large = new StringContent($$"""{"key":"ABCE","value":"{{new string('x', 1024 * 1024)}}"}""", Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await project.SendAsync(HttpMethod.Post, "", large)).Status);
    }

    [Fact]
    public async Task Key_TakenInTheProject_Is400AndFreeInAnother()
    {
        var (project, other) = (await StartAsync(), await StartAsync());
        await project.CreatedAsync(new { key = "TOKEN", value = "x" });
        var second = await project.CreatedAsync(new { key = "TOKEN_2", value = "x" });

        var taken = await project.CreateAsync(new { key = "TOKEN", value = "y", isSecret = true });
        Assert.Equal((HttpStatusCode.BadRequest, "Variable with this name already exists"), (taken.Status, taken.Error()));
        var renamed = await project.UpdateAsync(second, new { key = "TOKEN" });
        Assert.Equal((HttpStatusCode.BadRequest, "Variable with this name already exists"), (renamed.Status, renamed.Error()));
        Assert.Equal("TOKEN_2", Text((await project.GetAsync(second)).Data(), "key"));
        await other.CreatedAsync(new { key = "TOKEN", value = "z" });
    }

    [Fact]
    public async Task Update_AbsentMembers_StayAndNullClears()
    {
        var project = await StartAsync();
        var id = await project.CreatedAsync(new { key = "REGION", value = "eu", description = "of the tests" });

        var changed = (await project.UpdateAsync(id, new { value = "us" })).Data();
        Assert.Equal(("REGION", "us", "of the tests", 2), (Text(changed, "key"), Text(changed, "value"), Text(changed, "description"), changed.GetProperty("version").GetInt32()));
        var unchanged = (await project.UpdateAsync(id, new { key = "REGION", description = "of the tests" })).Data();
        Assert.Equal(2, unchanged.GetProperty("version").GetInt32());
        Assert.Equal(2, (await project.UpdateAsync(id, new { })).Data().GetProperty("version").GetInt32());
        Assert.Equal(JsonValueKind.Null, (await project.UpdateAsync(id, new { description = (string?)null })).Data().GetProperty("description").ValueKind);
        var renamed = (await project.UpdateAsync(id, new { key = "AREA" })).Data();
        Assert.Equal(("AREA", "us"), (Text(renamed, "key"), Text(renamed, "value")));
        Assert.Equal(renamed.ToString(), (await project.GetAsync(id)).Data().ToString());

        foreach (var bad in new object[] { new { key = "abc" }, new { key = "PATH" }, new { value = "" }, new { value = new string('x', 10_001) }, new { description = new string('d', 301) }, new { isSecret = 1 } })
            Assert.Equal(HttpStatusCode.BadRequest, (await project.UpdateAsync(id, bad)).Status);
        Assert.Equal(renamed.ToString(), (await project.GetAsync(id)).Data().ToString());
    }

    [Fact]
    public async Task Update_BetweenPlainAndSecret_KeepsTheValue()
    {
        var project = await StartAsync();
        var id = await project.CreatedAsync(new { key = "API_KEY", value = "first" });

        Assert.Equal("[ENCRYPTED]", Text((await project.UpdateAsync(id, new { isSecret = true })).Data(), "value"));
        Assert.Equal("first", Text((await project.DecryptAsync(id)).Data(), "value"));
        Assert.Equal("[ENCRYPTED]", Text((await project.UpdateAsync(id, new { key = "OTHER_KEY" })).Data(), "value"));
        Assert.Equal("first", Text((await project.DecryptAsync(id)).Data(), "value"));
        Assert.Equal("first", Text((await project.UpdateAsync(id, new { isSecret = false })).Data(), "value"));
        Assert.Equal("first", Text((await project.GetAsync(id)).Data(), "value"));
        var plain = await project.DecryptAsync(id);
        Assert.Equal((HttpStatusCode.BadRequest, "Variable is not a secret"), (plain.Status, plain.Error()));
    }

    [Theory]
    [InlineData("not-an-id")]
    [InlineData("01900000-0000-7000-8000-000000000000")]
    public async Task UnknownVariable_Is404OnEveryRoute(string id)
    {
        var project = await StartAsync();
        foreach (var answer in new[] { await project.GetAsync(id), await project.UpdateAsync(id, new { key = "x" }), await project.DeleteAsync(id), await project.DecryptAsync(id) })
            Assert.Equal((HttpStatusCode.NotFound, "Variable not found"), (answer.Status, answer.Error()));
        Assert.Equal(HttpStatusCode.NotFound, (await project.DownloadAsync(id)).StatusCode);
    }

    [Fact]
    public async Task Create_RepeatedWithItsKey_IsAnsweredAsBefore()
    {
        var project = await StartAsync();
        foreach (var isSecret in new[] { false, true })
        {
            var variable = new { key = isSecret ? "ONE_SECRET" : "ONE_PLAIN", value = "only-once", isSecret };
            var key = $"key-{Guid.CreateVersion7()}";
            var first = await project.CreateAsync(variable, key);
            Assert.Equal(first.Data().ToString(), (await project.CreateAsync(variable, key)).Data().ToString());
            Assert.Equal(HttpStatusCode.Conflict, (await project.CreateAsync(variable with { value = "other" }, key)).Status);
            var refused = await project.CreateAsync(variable, $"key-{Guid.CreateVersion7()}");
            Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        }

        Assert.Equal(2, (await project.ListAsync()).Data().GetArrayLength());
        Assert.DoesNotContain("only-once", string.Concat(await app.ReadAsync(db => db.IdempotencyKeys.Select(row => row.Result).ToListAsync())), StringComparison.Ordinal);
    }

    private async Task<VariableClient> StartAsync() => await VariableClient.OfAsync(app, await app.CreateUserAsync());

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}

public sealed class ProjectVariableOnSqliteTests(SqliteApp fixture) : ProjectVariableTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class ProjectVariableOnPostgresTests(PostgresApp fixture) : ProjectVariableTests(fixture.App), IClassFixture<PostgresApp>;
