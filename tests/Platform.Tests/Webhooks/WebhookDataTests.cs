using System.Net;
using System.Text.Json;

using Platform.Tests.Builds;
using Platform.Tests.Fixtures;
using Platform.Tests.UserFunctions;

namespace Platform.Tests.Webhooks;

/// <summary>What receivers are told of things that really happened: the members that the contract lists.</summary>
public sealed class WebhookDataTests(WebhookLabs labs) : IClassFixture<WebhookLabs>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Builds_AreToldWithTheirFailure(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user, new { events = new[] { "build.*" } });
        var builds = await BuildClient.OfAsync(lab.App, user);

        var first = await builds.CreatedAsync(new { executor = "external", branch = "main", commitSha = "0123456789abcdef0123456789abcdef01234567" });
        (await builds.StatusAsync(first, new { status = "running" })).Ok();
        (await builds.StatusAsync(first, new { status = "failed", failure = new { code = "step_failed", message = "2 of 7 tests failed" } })).Ok();
        var second = (await builds.RetryAsync(first)).Ok(HttpStatusCode.Created).Data.GetProperty("id").GetGuid();

        await Until.TrueAsync(() => lab.Receiver.At(hook.Path).Count == 4, "the receiver is told of both builds");
        Assert.Equal(["build.created", "build.created", "build.failed", "build.started"], Told(lab, hook).Select(told => told.Type).Order(StringComparer.Ordinal));
        var failed = Told(lab, hook).Single(told => told.Type == "build.failed").Data.GetProperty("build");
        Assert.Equal(
            (first, user.Id, "main", "failed", "step_failed", "2 of 7 tests failed"),
            (failed.GetProperty("id").GetGuid(), failed.GetProperty("triggeredBy").GetGuid(), Text(failed, "branch"), Text(failed, "status"), Text(failed.GetProperty("failure"), "code"), Text(failed.GetProperty("failure"), "message")));
        Assert.Superset(
            new HashSet<string> { "id", "number", "projectId", "branch", "commitSha", "environment", "status", "attempt", "triggeredBy", "createdAt", "startedAt", "finishedAt", "durationMs", "failure" },
            failed.EnumerateObject().Select(member => member.Name).ToHashSet());
        Assert.Contains(Told(lab, hook), told => told.Data.GetProperty("build") is var build && build.GetProperty("id").GetGuid() == second && build.TryGetProperty("retryOf", out var former) && former.GetGuid() == first);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Functions_AreToldWithDeploymentsInvocationsAndErrors(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user, new { events = new[] { "function.*", "deployment.*" } });
        var functions = new FunctionClient(user.Client, (await lab.App.PlaceOfAsync(user)).ProjectId);

        var id = await functions.ServingAsync("exports.handler = (event) => { if (event) throw new RangeError('too large'); return 'result-needle' }");
        var good = (await functions.InvokeAsync(id)).Ok().Data;
        Assert.Equal(HttpStatusCode.BadGateway, (await functions.InvokeAsync(id, "payload-needle")).Status);

        await Until.TrueAsync(() => lab.Receiver.At(hook.Path).Count == 5, "the receiver is told of all");
        var told = Told(lab, hook).ToDictionary(each => each.Type, each => each.Data);
        Assert.Equal(["id", "name", "projectId", "runtime", "version"], Members(told["function.created"].GetProperty("function")));
        Assert.Equal(1, told["function.created"].GetProperty("function").GetProperty("version").GetInt32());
        Assert.Equal(["coldStart", "durationMs", "functionId", "invocationId", "name", "status", "version"], Members(told["function.invoked"]));
        Assert.Equal(("success", good.GetProperty("invocationId").GetGuid()), (Text(told["function.invoked"], "status"), told["function.invoked"].GetProperty("invocationId").GetGuid()));
        Assert.Equal(["coldStart", "durationMs", "error", "functionId", "invocationId", "name", "status", "version"], Members(told["function.failed"]));
        Assert.Equal("""{"type":"RangeError","message":"too large"}""", told["function.failed"].GetProperty("error").GetRawText());
        Assert.Equal(["functionId", "functionName", "id", "reason", "startedAt", "status", "version"], Members(told["deployment.started"].GetProperty("deployment")));
        Assert.Equal(["durationMs", "finishedAt", "functionId", "functionName", "id", "reason", "startedAt", "status", "version"], Members(told["deployment.completed"].GetProperty("deployment")));
        Assert.All(lab.Receiver.At(hook.Path), received => Assert.DoesNotContain("-needle", received.Body, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Deployment_ThatFails_IsToldWithItsError(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user, new { events = new[] { "deployment.completed" } });
        var functions = new FunctionClient(user.Client, (await lab.App.PlaceOfAsync(user)).ProjectId);

        await functions.ServingAsync("throw new Error('cannot load')");

        await Until.TrueAsync(() => lab.Receiver.At(hook.Path).Count == 1, "the receiver is told");
        var (_, data) = Assert.Single(Told(lab, hook));
        var deployment = data.GetProperty("deployment");
        Assert.Equal("failed", Text(deployment, "status"));
        Assert.NotEmpty(Text(deployment.GetProperty("error"), "code")!);
        Assert.Contains("cannot load", Text(deployment.GetProperty("error"), "message"), StringComparison.Ordinal);
    }

    private static IEnumerable<(string Type, JsonElement Data)> Told(WebhookLab lab, Hook hook) =>
        lab.Receiver.At(hook.Path).Select(received => (received.Json.GetProperty("type").GetString()!, received.Json.GetProperty("data")));

    private static IEnumerable<string> Members(JsonElement data) => data.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
