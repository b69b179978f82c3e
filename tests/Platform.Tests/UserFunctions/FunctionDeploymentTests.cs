using System.Net;
using System.Text.Json;

using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.UserFunctions;

/// <summary>Versions that come into use, and such that do not.</summary>
public abstract class FunctionDeploymentTests(PlatformApp app)
{
    private const string One = "exports.handler = () => 1";

    [Fact]
    public async Task Deploy_OfABrokenVersion_LeavesTheOldOneServing()
    {
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync(One);

        foreach (var (code, message) in new[] { ("this is not code", "SyntaxError"), ("exports.other = () => 1", "HandlerNotFound"), ("throw new Error('at load')", "at load"), ("process.exit(1); exports.handler = () => 1", "Crashed") })
        {
            (await client.CodeAsync(id, new { code, deploy = true })).Ok();
            var settled = await client.SettledAsync(id);
            Assert.Equal(("active", "failed", "probe_failed", 1), (Text(settled, "status"), Text(settled.GetProperty("latestDeployment"), "status"), Text(settled.GetProperty("latestDeployment").GetProperty("error"), "code"), settled.GetProperty("activeVersion").GetInt32()));
            Assert.Contains(message, Text(settled.GetProperty("latestDeployment").GetProperty("error"), "message"), StringComparison.Ordinal);
            Assert.Equal("1", (await client.InvokeAsync(id)).Ok().Data.GetProperty("result").ToString());
        }
    }

    [Fact]
    public async Task Deploy_ThenRollback_ServesEachInTurn()
    {
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync(One);
        (await client.CodeAsync(id, new { code = "exports.handler = () => 2" })).Ok();

        var started = (await client.DeployAsync(id, new { })).Ok(HttpStatusCode.Created).Data;
        Assert.Equal(("queued", "deploy", 2, 1), (Text(started, "status"), Text(started, "reason"), started.GetProperty("version").GetInt32(), started.GetProperty("previousVersion").GetInt32()));
        Assert.Equal((409, "deployment_in_progress"), (await client.DeployAsync(id, new { version = 1 })).Refusal);
        await client.SettledAsync(id);
        Assert.Equal("2", (await client.InvokeAsync(id)).Ok().Data.GetProperty("result").ToString());
        Assert.Equal((409, "already_active"), (await client.DeployAsync(id, new { })).Refusal);
        Assert.Equal((404, "not_found"), (await client.DeployAsync(id, new { version = 9 })).Refusal);

        var back = (await client.DeployAsync(id, new { version = 1 })).Ok(HttpStatusCode.Created).Data;
        Assert.Equal("rollback", Text(back, "reason"));
        await client.SettledAsync(id);
        Assert.Equal("1", (await client.InvokeAsync(id)).Ok().Data.GetProperty("result").ToString());
        var read = (await client.DeploymentAsync(id, back.GetProperty("id").GetGuid())).Ok().Data;
        Assert.Equal(("succeeded", ""), (Text(read, "status"), Text(read, "packageLog")));
        Assert.Equal((404, "not_found"), (await client.DeploymentAsync(id, Guid.CreateVersion7())).Refusal);
        await Until.TrueAsync(() => Workers.Of(id).Count <= 4, "the workers of the version before are gone");
    }

    [Fact]
    public async Task Function_ThatWasNeverDeployed_SaysSo()
    {
        var client = await FunctionClient.StartAsync(app);
        var draft = (await client.CreateAsync(new { name = "draft", runtime = "node", code = One, deploy = false })).Ok(HttpStatusCode.Created).Data.GetProperty("id").GetGuid();
        var broken = await client.ServingAsync("nonsense here", name: "broken");

        Assert.Equal((409, "function_not_deployed"), (await client.InvokeAsync(draft)).Refusal);
        Assert.Equal((409, "function_not_deployed"), (await client.InvokeAsync(broken)).Refusal);
        Assert.Equal("failed", Text((await client.GetAsync(broken)).Ok().Data, "status"));
    }

    [Fact]
    public async Task HealthCheck_WithAnExpectation_DecidesWhatServes()
    {
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync("exports.handler = (event) => ({ state: { ok: event.wanted } })", more: new { healthCheck = new { payload = new { wanted = true }, expectField = "state.ok", expectValue = true } });
        Assert.Equal("active", Text((await client.GetAsync(id)).Ok().Data, "status"));

        (await client.CodeAsync(id, new { code = "exports.handler = () => ({ state: { ok: false } })", deploy = true })).Ok();

        var settled = await client.SettledAsync(id);
        Assert.Equal(("failed", 1), (Text(settled.GetProperty("latestDeployment"), "status"), settled.GetProperty("activeVersion").GetInt32()));
        Assert.Contains("state.ok", Text(settled.GetProperty("latestDeployment").GetProperty("error"), "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Function_DeletedWhileItIsDeployed_IsGone()
    {
        var client = await FunctionClient.StartAsync(app);
        var id = (await client.CreateAsync(new { name = "short", runtime = "node", code = "const end = Date.now() + 1000; while (Date.now() < end); exports.handler = () => 1", network = "none" })).Ok(HttpStatusCode.Created).Data.GetProperty("id").GetGuid();

        (await client.DeleteAsync(id)).Ok();

        Assert.Equal((404, "not_found"), (await client.GetAsync(id)).Refusal);
        Assert.Contains("deployment.completed", await FunctionEvents.OfAsync(app, id));
        await Until.TrueAsync(() => Workers.Of(id).Count == 0, "nothing of it runs");
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}

public sealed class FunctionDeploymentOnSqliteTests(SqliteApp fixture) : FunctionDeploymentTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class FunctionDeploymentOnPostgresTests(PostgresApp fixture) : FunctionDeploymentTests(fixture.App), IClassFixture<PostgresApp>;
