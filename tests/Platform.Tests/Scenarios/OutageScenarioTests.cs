using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

using Platform.Tests.Admin;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Scenarios;

/// <summary>Acceptance scenario 17 of executions.md §8, on a server of its own.</summary>
public sealed class OutageScenarioTests
{
    [Fact]
    public async Task Scenario17_PostgresStopsAndComesBack_IsNotReadySoLongAndRecovers()
    {
        var server = await PostgresCluster.StartAsync();
        try
        {
            await using var app = await PlatformApp.StartAsync(Db.Postgres, connectionString: await server.CreateDatabaseAsync());
            var (user, chief) = (new ExecutionClient(await app.CreateUserAsync()), await app.OperatorAsync());
            await UntilReadyzAsync(app, HttpStatusCode.OK, "ready", "healthy");

            await server.StopServerAsync("fast");
            await UntilReadyzAsync(app, HttpStatusCode.ServiceUnavailable, "not_ready", "unhealthy");
            using (var alive = await app.Anonymous.GetAsync("/health/healthz"))
                Assert.Equal((HttpStatusCode.OK, "alive"), (alive.StatusCode, (await alive.JsonAsync()).Text("status")));

            await server.StartServerAsync();
            await UntilReadyzAsync(app, HttpStatusCode.OK, "ready", "healthy");
            Assert.Equal("1\n", (await user.RunAsync("print(1)")).Text("output"));
            foreach (var type in (string[])["service_unhealthy", "service_recovered"])
                await Until.TrueAsync(async () => await CountAsync(chief, type) == 1, $"{type} is told once", seconds: 60);
        }
        finally
        {
            await server.StopAsync();
        }
    }

    private static async Task UntilReadyzAsync(PlatformApp app, HttpStatusCode status, string word, string database) => await Until.TrueAsync(
        async () =>
        {
            using var answer = await app.Anonymous.GetAsync("/health/readyz");
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return (answer.StatusCode, body.Text("status"), body.GetProperty("checks").GetProperty("database").Text("status")) == (status, word, database);
        },
        $"readyz answers {word}", seconds: 60);

    /// <summary>How often the database's change was told.</summary>
    private static async Task<int> CountAsync(TestUser chief, string type)
    {
        var (_, page) = await chief.Client.CallAsync(HttpMethod.Post, "/api/v1/admin/events/browse", new { filters = new { event_types = new[] { type } } }, HttpStatusCode.OK);
        return page.GetProperty("events").EnumerateArray().Count(found => found.GetProperty("payload").Text("health_check") == "database");
    }
}
