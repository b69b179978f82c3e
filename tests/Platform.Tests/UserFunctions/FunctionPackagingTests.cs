using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Identity;
using Platform.Sandbox;
using Platform.Tests.Fixtures;
using Platform.UserFunctions;

namespace Platform.Tests.UserFunctions;

/// <summary>Functions with dependencies, from the operator's registries through the guarded way out.</summary>
public sealed class FunctionPackagingTests : IAsyncLifetime
{
    private const string Secret = "s3cret-0f-the-registry";

    private PackageRegistry _registry = null!;
    private PlatformApp? _app;

    public async Task InitializeAsync() => _registry = await PackageRegistry.StartAsync();

    public async Task DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        await _registry.DisposeAsync();
    }

    [Theory]
    [InlineData(Db.Sqlite, "node", "from the registry", "/left-1.0.0.tgz")]
    [InlineData(Db.Postgres, "node", "from the registry", "/left-1.0.0.tgz")]
    [InlineData(Db.Sqlite, "python", "from the index", "/files/right-1.0.0-py3-none-any.whl")]
    public async Task Packages_AreInstalledOnceAndKeptByTheirDigest(Db database, string runtime, string word, string archive)
    {
        var client = await StartAsync(database);
        var files = runtime == "node"
            ? Files(("index.js", "exports.handler = () => require('left')"), ("package.json", """{"dependencies":{"left":"^1.0.0"}}"""))
            : Files(("main.py", "import right\ndef handler(event, context):\n    return right.WORD\n"), ("requirements.txt", "# one\nright==1.0.0\n"));
        var id = await CreatedAsync(client, runtime, files);

        var deployed = await client.SettledAsync(id);
        var first = await Deployments.LatestAsync(client, deployed);
        Assert.True(Text(first, "status") == "succeeded", $"{first}");
        Assert.Equal(word, (await client.InvokeAsync(id)).Ok().Data.GetProperty("result").GetString());
        Assert.Equal("succeeded", Deployments.StepOf(first, "package"));
        Assert.DoesNotContain(Secret, first.ToString(), StringComparison.Ordinal);
        Assert.All(_registry.At(archive), authorization => Assert.StartsWith("Basic ", authorization, StringComparison.Ordinal));
        Assert.Single(_registry.At(archive));
        Assert.True(await Deployments.IsKeptAsync(_app!, id));

        (await client.DeployAsync(id, new { force = true })).Ok(HttpStatusCode.Created);
        Assert.Equal("succeeded", Text((await client.SettledAsync(id)).GetProperty("latestDeployment"), "status"));
        Assert.Single(_registry.At(archive));
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    public async Task Package_ThatDoesNotExist_FailsTheDeploymentAndTheFormerVersionServes(string runtime)
    {
        var client = await StartAsync();
        var id = await client.ServingAsync(runtime == "node" ? "exports.handler = () => 1" : "def handler(event, context):\n    return 1\n", runtime, more: new { network = "egress" });
        var files = runtime == "node"
            ? Files(("index.js", "exports.handler = () => 2"), ("package.json", """{"dependencies":{"no-such-package":"1.0.0"}}"""))
            : Files(("main.py", "def handler(event, context):\n    return 2\n"), ("requirements.txt", "no-such-package==1.0.0\n"));

        (await client.CodeAsync(id, new { files, deploy = true })).Ok();

        var failed = await Deployments.LatestAsync(client, await client.SettledAsync(id));
        Assert.Equal(("failed", "package_failed", "failed"), (Text(failed, "status"), Text(failed.GetProperty("error"), "code"), Deployments.StepOf(failed, "package")));
        Assert.Contains("package log", Text(failed.GetProperty("error"), "message"), StringComparison.Ordinal);
        Assert.Contains("no-such-package", Text(failed, "packageLog"), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, failed.ToString(), StringComparison.Ordinal);
        Assert.Equal("1", (await client.InvokeAsync(id)).Ok().Data.GetProperty("result").ToString());
    }

    [Fact]
    public async Task Log_OfAPackageThatPrintsTheConfiguration_HidesTheCredentials()
    {
        var client = await StartAsync();
        var id = await CreatedAsync(client, "node", Files(("index.js", "exports.handler = () => 2"), ("package.json", """{"dependencies":{"chatty":"1.0.0"}}""")));

        var failed = await Deployments.LatestAsync(client, await client.SettledAsync(id));

        Assert.Equal("package_failed", Text(failed.GetProperty("error"), "code"));
        Assert.Contains(":_auth=***", Text(failed, "packageLog"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Function_DeletedWhileItsPackagesAreInstalled_StopsThat()
    {
        var client = await StartAsync();
        var id = await CreatedAsync(client, "node", Files(("index.js", "exports.handler = () => 2"), ("package.json", """{"dependencies":{"slow":"1.0.0"}}""")));
        await Until.TrueAsync(() => _registry.At("/slow").Count > 0, "npm waits for the package", 60);

        (await client.DeleteAsync(id)).Ok();

        await Until.TrueAsync(() => _registry.GivenUp > 0, "npm is ended", 60);
        Assert.Equal((404, "not_found"), (await client.GetAsync(id)).Refusal);
        Assert.Contains("deployment.completed", await FunctionEvents.OfAsync(_app!, id));
    }

    [Fact]
    public async Task Deployment_OutOfTime_FailsAndTheStepThatStillRunsChangesNothing()
    {
        var client = await StartAsync();
        var id = await CreatedAsync(client, "node", Files(("index.js", "exports.handler = () => 2"), ("package.json", """{"dependencies":{"slow":"1.0.0"}}""")));
        await Until.TrueAsync(() => _registry.At("/slow").Count > 0, "npm waits for the package", 60);
        var live = (await client.GetAsync(id)).Ok().Data.GetProperty("latestDeployment");

        await using (var scope = _app!.As(Caller.Platform))
            await scope.ServiceProvider.GetRequiredService<DeployFunction>().AbandonAsync(live.GetProperty("id").GetGuid(), outOfTime: true, default);

        await Until.TrueAsync(() => _registry.GivenUp > 0, "npm is ended", 60);
        var ended = await Deployments.LatestAsync(client, await client.SettledAsync(id));
        Assert.Equal(("failed", "deployment_timeout"), (Text(ended, "status"), Text(ended.GetProperty("error"), "code")));
        Assert.Equal("failed", Text((await client.GetAsync(id)).Ok().Data, "status"));
    }

    [Fact]
    public async Task Packages_WithoutASandbox_FailAsUnavailable()
    {
        SwitchedSandbox? sandbox = null;
        var client = await StartAsync(sandbox: inner => sandbox = new SwitchedSandbox(inner));
        var id = (await client.CreateAsync(new { name = "main", runtime = "node", files = Files(("index.js", "exports.handler = () => 2"), ("package.json", """{"dependencies":{"left":"1.0.0"}}""")), deploy = false })).Ok(HttpStatusCode.Created).Data.GetProperty("id").GetGuid();
        sandbox!.IsOff = true;

        (await client.DeployAsync(id, new { })).Ok(HttpStatusCode.Created);

        Assert.Equal("unavailable", Text((await client.SettledAsync(id)).GetProperty("latestDeployment").GetProperty("error"), "code"));
        Assert.Empty(_registry.At("/left"));
    }

    private static object[] Files(params (string Path, string Content)[] files) => [.. files.Select(file => new { path = file.Path, content = file.Content })];

    private static async Task<Guid> CreatedAsync(FunctionClient client, string runtime, object files) =>
        (await client.CreateAsync(new { name = "main", runtime, files, timeoutSeconds = 10 })).Ok(HttpStatusCode.Created).Data.GetProperty("id").GetGuid();

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private async Task<FunctionClient> StartAsync(Db database = Db.Sqlite, Func<ISandbox, ISandbox>? sandbox = null)
    {
        _app = await PlatformApp.StartAsync(
            database,
            services =>
            {
                PackageRegistry.Resolves(services);
                if (sandbox is not null)
                    services.AddSingleton(provider => sandbox(new RememberingSandbox(provider.GetRequiredService<BubblewrapSandbox>())));
            },
            settings: [.. _registry.Settings, ("Functions:NpmRegistry", _registry.UrlWithCredentials), ("Functions:PipIndex", $"{_registry.UrlWithCredentials}/simple/")]);
        return await FunctionClient.StartAsync(_app);
    }
}
