using System.Net;
using System.Net.Http.Json;

using Platform.Tests.Admin;
using Platform.Tests.Contract;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Scenarios;

/// <summary>Acceptance scenario 8 of executions.md §8: whose objects are found by whom, at both nodes.</summary>
[Collection(ScenarioWorlds.Collection)]
public sealed class OwnershipScenarioTests(ScenarioWorlds worlds)
{
    private const string Notification = "/api/v1/notifications/{notificationId}";
    private const string Script = "/api/v1/scripts/{scriptId}";

    /// <summary>What operators may look at too (reconciliation.md, "operator on foreign objects").</summary>
    private static readonly string[] OpenToOperators =
    [
        "/api/v1/result/{executionId}", "/api/v1/executions/{executionId}/events", "/api/v1/events/executions/{executionId}", "/api/v1/events/{eventId}",
        "/api/v1/sagas/{sagaId}", "/api/v1/sagas/execution/{executionId}", "/api/v1/dlq/messages/{eventId}",
    ];

    private static readonly (HttpMethod Method, string Route)[] Changes =
    [
        (HttpMethod.Post, "/api/v1/{executionId}/cancel"), (HttpMethod.Post, "/api/v1/{executionId}/retry"), (HttpMethod.Post, "/api/v1/sagas/{sagaId}/cancel"),
        (HttpMethod.Delete, "/api/v1/dlq/messages/{eventId}?reason=theirs"), (HttpMethod.Put, $"{Notification}/read"), (HttpMethod.Delete, Notification), (HttpMethod.Delete, Script),
    ];

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Scenario08_ObjectsOfAnother_AreNotFoundAndOpenToTheOperator(Db db)
    {
        var world = await worlds.GetAsync(db);
        var (owner, other, chief) = (await world.First.CreateUserAsync(), await world.First.CreateUserAsync(), await world.First.OperatorAsync());
        var ids = new RouteIds(world.First, owner);
        var running = await new ExecutionClient(owner).StartAsync("import time\ntime.sleep(60)");
        await new ExecutionClient(owner).UntilAsync(running, "running");
        foreach (var route in OpenToOperators)
            await ids.PathOfAsync(route);
        await new ExecutionClient(owner).UntilAsync(Guid.Parse((await ids.PathOfAsync("/{executionId}")).Trim('/')), "completed");

        foreach (var stranger in new[] { other, world.There(other) })
        {
            foreach (var route in OpenToOperators.Append(Script))
                Assert.Equal((HttpStatusCode.NotFound, route), (await StatusAsync(stranger, HttpMethod.Get, await PathAsync(route)), route));
            foreach (var (method, route) in Changes)
                Assert.Equal((HttpStatusCode.NotFound, route), (await StatusAsync(stranger, method, await PathAsync(route)), route));
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(stranger, HttpMethod.Post, $"/api/v1/{running}/cancel"));
            foreach (var list in (string[])["/api/v1/notifications", "/api/v1/dlq/messages", "/api/v1/sagas", "/api/v1/user/executions"])
                Assert.Equal((0, list), ((await stranger.Client.GetFromJsonAsync<System.Text.Json.JsonElement>(list)).GetProperty("total").GetInt32(), list));
        }

        foreach (var node in new[] { chief, world.There(chief) })
        {
            foreach (var route in OpenToOperators)
                Assert.Equal((HttpStatusCode.OK, route), (await StatusAsync(node, HttpMethod.Get, await PathAsync(route)), route));
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(node, HttpMethod.Get, await PathAsync(Script)));
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(node, HttpMethod.Put, await PathAsync($"{Notification}/read")));
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(world.There(chief), HttpMethod.Post, $"/api/v1/{running}/cancel"));
        await new ExecutionClient(owner).UntilAsync(running, "cancelled");
        foreach (var route in OpenToOperators.Append(Script))
            Assert.Equal((HttpStatusCode.OK, route), (await StatusAsync(world.There(owner), HttpMethod.Get, await PathAsync(route)), route));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(world.There(owner), HttpMethod.Put, await PathAsync($"{Notification}/read")));

        Task<string> PathAsync(string route) => ids.PathOfAsync(route.TrimStart('/'));
    }

    private static async Task<HttpStatusCode> StatusAsync(TestUser user, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var answer = await user.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }
}
