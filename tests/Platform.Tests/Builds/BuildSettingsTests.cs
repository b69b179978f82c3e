using System.Text.Json;

using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

using static Platform.Tests.Builds.BuildClient;

namespace Platform.Tests.Builds;

/// <summary>How a project's builds are done: read, changed, with what stays secret.</summary>
public abstract class BuildSettingsTests(PlatformApp app)
{
    [Fact]
    public async Task Settings_OfAProjectThatSetNone_AreTheDefaults()
    {
        var client = await StartAsync();
        var settings = (await client.SettingsAsync()).Ok().Data;
        Assert.Equal((0, "main", ".", 1800, true), (settings.GetProperty("version").GetInt32(), Text(settings, "productionBranch"), Text(settings, "rootDirectory"), settings.GetProperty("timeoutSeconds").GetInt32(), settings.GetProperty("cacheEnabled").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, settings.GetProperty("detected").ValueKind);
    }

    [Fact]
    public async Task Change_MergesMembersAndNullBringsDefaultsBack()
    {
        var client = await StartAsync();
        (await client.ChangeSettingsAsync(new { buildCommand = "make", testCommand = "", timeoutSeconds = 60, artifactPaths = new[] { "out/**" } })).Ok();
        var changed = (await client.ChangeSettingsAsync(new { ifVersion = 1, timeoutSeconds = (int?)null, repositoryUrl = "https://93.184.216.34/x.git", repositoryToken = "a-secret-token" })).Ok().Data;

        Assert.Equal(("make", "", 1800, "********", 2), (Text(changed, "buildCommand"), Text(changed, "testCommand"), changed.GetProperty("timeoutSeconds").GetInt32(), Text(changed, "repositoryToken"), changed.GetProperty("version").GetInt32()));
        Assert.DoesNotContain("a-secret-token", changed.ToString(), StringComparison.Ordinal);
        Assert.Equal((409, "version_conflict"), (await client.ChangeSettingsAsync(new { ifVersion = 1, cpus = 1 })).Refusal);
        var moved = (await client.ChangeSettingsAsync(new { repositoryUrl = "https://93.184.216.34/y.git" })).Ok().Data;
        Assert.Equal(JsonValueKind.Null, moved.GetProperty("repositoryToken").ValueKind);
    }

    [Fact]
    public async Task HookSecret_IsShownOnceAndHeadersNever()
    {
        var client = await StartAsync();
        var hook = new { name = "tell", phase = "on_success", type = "http", url = "https://93.184.216.34/hook", headers = new Dictionary<string, string> { ["X-Key"] = "a-secret-value" } };
        var changed = (await client.ChangeSettingsAsync(new { hooks = new[] { hook } })).Ok().Data;

        var secret = Text(changed, "hookSecret")!;
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret-value", changed.ToString(), StringComparison.Ordinal);
        Assert.Equal("********", Text(changed.GetProperty("hooks")[0].GetProperty("headers"), "X-Key"));
        Assert.Equal(JsonValueKind.Null, (await client.SettingsAsync()).Ok().Data.GetProperty("hookSecret").ValueKind);
        var masked = new { name = "tell", phase = "on_failure", type = "http", url = "https://93.184.216.34/hook", headers = new Dictionary<string, string> { ["X-Key"] = "********" } };
        (await client.ChangeSettingsAsync(new { hooks = new[] { masked } })).Ok();
        Assert.Equal((400, "validation_failed"), (await client.ChangeSettingsAsync(new { hooks = new[] { new { name = "other", phase = "on_failure", type = "http", url = "https://93.184.216.34/hook", headers = masked.headers } } })).Refusal);
        Assert.NotEqual(secret, Text((await client.ChangeSettingsAsync(new { rotateHookSecret = true })).Ok().Data, "hookSecret"));
    }

    [Theory]
    [InlineData("""{}""", "validation_failed")]
    [InlineData("""{"timeoutSeconds":59}""", "validation_failed")]
    [InlineData("""{"cpus":0.4}""", "validation_failed")]
    [InlineData("""{"rootDirectory":"/etc"}""", "validation_failed")]
    [InlineData("""{"artifactPaths":["../x"]}""", "validation_failed")]
    [InlineData("""{"nodeVersion":"1.2"}""", "validation_failed")]
    [InlineData("""{"environment":{"1A":"x"}}""", "validation_failed")]
    [InlineData("""{"repositoryToken":"x"}""", "validation_failed")]
    [InlineData("""{"repositoryUrl":"https://10.0.0.1/x.git"}""", "url_not_allowed")]
    [InlineData("""{"repositoryUrl":"http://93.184.216.34/x.git"}""", "url_not_allowed")]
    [InlineData("""{"hooks":[{"name":"a","phase":"pre_build","type":"command"}]}""", "validation_failed")]
    [InlineData("""{"hooks":[{"name":"a","phase":"pre_build","type":"http","url":"https://169.254.169.254/x"}]}""", "url_not_allowed")]
    [InlineData("""{"hooks":[{"name":"a","phase":"pre_build","type":"command","command":"x"},{"name":"A","phase":"pre_build","type":"command","command":"x"}]}""", "validation_failed")]
    public async Task Change_OfBadForm_IsRefused(string change, string code)
    {
        var client = await StartAsync();
        Assert.Equal((400, code), (await client.ChangeSettingsAsync(new StringContent(change, System.Text.Encoding.UTF8, "application/json"))).Refusal);
    }

    private async Task<BuildClient> StartAsync() => await BuildClient.OfAsync(app, await app.CreateUserAsync());
}

public sealed class BuildSettingsTestsOnSqlite(SqliteApp fixture) : BuildSettingsTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class BuildSettingsTestsOnPostgres(PostgresApp fixture) : BuildSettingsTests(fixture.App), IClassFixture<PostgresApp>;
