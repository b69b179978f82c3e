using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

using Platform.Dashboards;
using Platform.Databases;
using Platform.Identity;
using Platform.Metrics;
using Platform.Organizations;
using Platform.Tests.Alerts;
using Platform.Tests.Builds;
using Platform.Tests.Databases;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Metrics;
using Platform.Tests.UserFunctions;

namespace Platform.Tests.Dashboards;

/// <summary>The headline figures of a project through the API.</summary>
public abstract class DashboardTests(PlatformApp app)
{
    [Fact]
    public async Task Figures_AreThoseOfTheProjectInThePeriod()
    {
        var owner = await app.CreateUserAsync();
        await app.JoinAsync(await app.CreateUserAsync(), owner, OrganizationRole.Viewer);
        await new DatabaseClient(owner).CreatedAsync("main", "CREATE TABLE t (id)");
        await new AlertClient(owner.Client).CreatedAsync(new { name = "Slow", expression = "avg(latency[5m]) > 5", severity = "critical" });
        await HookAsync(owner);
        await RecordUserPointsAsync(owner);
        var now = DateTimeOffset.UtcNow.AddHours(-1);
        await RecordPlatformPointsAsync(
            owner, (await app.PlaceOfAsync(owner)).ProjectId, Of("database", "database.query_duration", 20, now), Of("database", "database.query_duration", 20, now), Of("database", "database.query_duration", 20, now),
            Of("database", "database.query_duration", 8, Before), Of("database", "database.query_duration", 8, Before), Of("database", "database.query_errors", 1, now) with { Kind = MetricKind.Counter });

        var data = await ReadAsync(owner, "");

        Assert.Equal(0, data.GetProperty("errors").GetArrayLength());
        var databases = data.GetProperty("databases");
        Assert.Equal((1, 3, 1, 20), (Int(databases, "total"), Int(databases, "queries"), Int(databases, "queryErrors"), Int(databases, "p95QueryMs")));
        Assert.True(databases.GetProperty("sizeBytes").GetInt64() > 0);
        Assert.Equal(50, Change(databases, "queries"));
        Assert.Equal(JsonValueKind.Null, databases.GetProperty("deltaPct").GetProperty("queryErrors").ValueKind);
        var alerts = data.GetProperty("alerts");
        Assert.Equal((1, 0, 0), (Int(alerts, "total"), Int(alerts, "firing"), Int(alerts, "muted")));
        Assert.Equal("""{"info":0,"warning":0,"critical":1}""", alerts.GetProperty("bySeverity").ToString());
        Assert.Equal((1, 0, 0), (Int(data.GetProperty("webhooks"), "active"), Int(data.GetProperty("webhooks"), "disabled"), Int(data.GetProperty("webhooks"), "deliveries")));
        Assert.Equal((2, 0), (Int(data.GetProperty("team"), "members"), Int(data.GetProperty("team"), "pendingInvitations")));
        Assert.Equal(
            """[{"name":"latency","last":30,"avg":20,"count":3,"deltaPct":{"avg":100,"count":200}},{"name":"other","last":1,"avg":1,"count":1,"deltaPct":{"avg":null,"count":null}}]""",
            data.GetProperty("custom").ToString());
        Assert.Contains(data.GetProperty("activity").EnumerateArray(), entry => entry.GetProperty("action").GetString() == "database.create");
    }

    /// <summary>On a project of its own, to which the test's requests do not add.</summary>
    [Fact]
    public async Task Requests_AreCounted()
    {
        var owner = await app.CreateUserAsync();
        using var created = await owner.Client.PostAsJsonAsync("/api/projects", new { name = "second" });
        var project = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetGuid();
        var now = DateTimeOffset.UtcNow.AddHours(-1);
        await RecordPlatformPointsAsync(
            owner, project, Requests(10, now, "2xx"), Requests(2, now, "5xx"), Requests(10, Before, "2xx"), Of("api", "api.request_duration", 100, now));

        var api = (await ReadAsync(owner, $"?projectId={project}")).GetProperty("api");

        Assert.Equal((12, 2, 100), (Int(api, "requests"), Int(api, "errors5xx"), Int(api, "p95DurationMs")));
        Assert.Equal(20, Change(api, "requests"));
    }

    [Fact]
    public async Task Incidents_AreShown()
    {
        var owner = await app.CreateUserAsync();
        var alerts = new AlertClient(owner.Client);
        var id = await alerts.CreatedIdAsync(new { name = "Always", expression = "count(nothing[5m]) == 0" });
        await app.Services.GetRequiredService<Platform.Alerts.EvaluateAlerts>().RunDueAsync(CancellationToken.None);

        var figures = (await ReadAsync(owner, "?period=1h")).GetProperty("alerts");

        Assert.Equal((1, 1), (Int(figures, "firing"), Int(figures, "incidents")));
        var incident = Assert.Single(figures.GetProperty("recent").EnumerateArray());
        Assert.Equal((id, "Always"), (incident.GetProperty("alertId").GetString(), incident.GetProperty("alertName").GetString()));
    }

    [Fact]
    public async Task Builds_AreCountedByHowTheyEnded()
    {
        var owner = await app.CreateUserAsync();
        var builds = await BuildClient.OfAsync(app, owner);
        foreach (var end in new[] { "succeeded", "succeeded", "failed", "timed_out", "cancelled", null })
        {
            var id = await builds.CreatedAsync(new { executor = "external", branch = "main" });
            await builds.StatusAsync(id, new { status = "running" });
            if (end is not null)
                (await builds.StatusAsync(id, new { status = end })).Ok();
        }

        var figures = (await ReadAsync(owner, "?period=6h")).GetProperty("builds");

        Assert.Equal((6, 1, 0), (Int(figures, "total"), Int(figures, "running"), Int(figures, "queued")));
        Assert.Equal((2, 2, 1), (Int(figures, "succeeded"), Int(figures, "failed"), Int(figures, "cancelled")));
        Assert.Equal(0.5, figures.GetProperty("successRate").GetDouble());
        var trend = figures.GetProperty("trend").EnumerateArray().ToList();
        Assert.InRange(trend.Count, 12, 13);
        Assert.Equal((6, 2, 2), (trend.Sum(bucket => Int(bucket, "total")), trend.Sum(bucket => Int(bucket, "succeeded")), trend.Sum(bucket => Int(bucket, "failed"))));
    }

    [Fact]
    public async Task Functions_AreCountedWithTheirInvocationsAndDeployments()
    {
        var owner = await app.CreateUserAsync();
        var functions = new FunctionClient(owner.Client, (await app.PlaceOfAsync(owner)).ProjectId);
        var id = await functions.ServingAsync("exports.handler = (event) => { if (event.bad) throw new Error('no'); return 1 }", name: "sum");
        await functions.CreateAsync(new { name = "idle", runtime = "node", code = "exports.handler = () => 1", network = "none", deploy = false, enabled = false });
        foreach (var bad in new[] { false, false, false, true })
            await functions.InvokeAsync(id, new { bad });
        await functions.TestAsync(id, new { payload = new { bad = true } });

        var data = await ReadAsync(owner, "");

        var figures = data.GetProperty("functions");
        Assert.Equal((2, 1, 4, 1), (Int(figures, "total"), Int(figures, "enabled"), Int(figures, "invocations"), Int(figures, "errors")));
        Assert.Equal(0.25, figures.GetProperty("errorRate").GetDouble());
        Assert.True(figures.GetProperty("p95DurationMs").GetInt64() >= 0);
        Assert.InRange(figures.GetProperty("coldStartRate").GetDouble(), 0, 0.5);
        foreach (var (list, count) in new[] { ("topByInvocations", 4), ("topByErrors", 1) })
        {
            var top = Assert.Single(figures.GetProperty(list).EnumerateArray());
            Assert.Equal((id, "sum", count), (top.GetProperty("id").GetGuid(), top.GetProperty("name").GetString(), Int(top, "count")));
        }

        var deployments = data.GetProperty("deployments");
        Assert.Equal((1, 1, 0, 0), (Int(deployments, "total"), Int(deployments, "succeeded"), Int(deployments, "failed"), Int(deployments, "rolledBack")));
    }

    [Fact]
    public async Task Parts_ThatTheCallerMayNotRead_AreNull()
    {
        var owner = await app.CreateUserAsync();
        await ReadAsync(owner, ""); // the owner's answer is remembered, and not shown to others
        var created = await owner.Client.PostAsJsonAsync("/api/dev/tokens", new { name = "reader", scopes = new[] { "metrics:read", "alerts:read" } });
        var token = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("token").GetString()!;

        var data = MetricClient.Good(await GetAsync(app.Client(headers => headers.Authorization = new AuthenticationHeaderValue("Bearer", token)), ""));

        foreach (var part in new[] { "builds", "functions", "deployments", "databases", "webhooks", "team", "activity" })
            Assert.Equal(JsonValueKind.Null, data.GetProperty(part).ValueKind);
        foreach (var part in new[] { "alerts", "api", "custom" })
            Assert.NotEqual(JsonValueKind.Null, data.GetProperty(part).ValueKind);
        Assert.Equal(0, data.GetProperty("errors").GetArrayLength());
    }

    [Fact]
    public async Task Answer_IsRememberedAndHasATag()
    {
        var owner = await app.CreateUserAsync();
        using var first = await owner.Client.GetAsync("/api/analytics/dashboard");
        MetricClient.Good(await new MetricClient(owner.Client).RecordAsync(new { name = "late", value = 1 }), HttpStatusCode.Created);

        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/analytics/dashboard");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await owner.Client.SendAsync(again);

        Assert.Equal((true, TimeSpan.FromSeconds(15)), (first.Headers.CacheControl!.Private, first.Headers.CacheControl.MaxAge));
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task Project_OfAnotherOrganization_Is404()
    {
        var (owner, stranger) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var project = (await app.PlaceOfAsync(owner)).ProjectId;

        MetricClient.Refused(HttpStatusCode.NotFound, "not_found", await GetAsync(stranger.Client, $"?projectId={project}"));
        Assert.Equal(JsonValueKind.Object, (await ReadAsync(owner, $"?projectId={project}")).ValueKind);
    }

    [Theory]
    [InlineData("?period=2h")]
    [InlineData("?period=24H")]
    [InlineData("?period=")]
    public async Task Period_OfAnotherLength_Is400(string query) =>
        MetricClient.Refused(HttpStatusCode.BadRequest, "validation_failed", await GetAsync((await app.CreateUserAsync()).Client, query));

    private static DateTimeOffset Before => DateTimeOffset.UtcNow.AddHours(-30);

    private static int Int(JsonElement part, string name) => part.GetProperty(name).GetInt32();

    private static double Change(JsonElement part, string name) => part.GetProperty("deltaPct").GetProperty(name).GetDouble();

    private static async Task<JsonElement> ReadAsync(TestUser user, string query) => MetricClient.Good(await GetAsync(user.Client, query));

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(HttpClient client, string query)
    {
        using var answer = await client.GetAsync($"/api/analytics/dashboard{query}");
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static async Task HookAsync(TestUser owner)
    {
        using var answer = await owner.Client.PostAsJsonAsync("/api/dev/webhooks", new { url = "https://93.184.216.34/hook", events = new[] { "build.*" } });
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    private static Task RecordUserPointsAsync(TestUser owner)
    {
        var (now, before) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(-30));
        return new MetricClient(owner.Client).RecordAllAsync(
        [
            new { name = "latency", value = 10, timestamp = MetricClient.At(now) },
            new { name = "latency", value = 20, timestamp = MetricClient.At(now.AddMinutes(1)), tags = new { host = "a" } },
            new { name = "latency", value = 30, timestamp = MetricClient.At(now.AddMinutes(2)) },
            new { name = "latency", value = 10, timestamp = MetricClient.At(before) },
            new { name = "other", value = 1, timestamp = MetricClient.At(now) },
        ]);
    }

    private async Task RecordPlatformPointsAsync(TestUser owner, Guid project, params IReadOnlyList<MetricDraft> points)
    {
        await using var scope = app.As(Caller.System((await app.PlaceOfAsync(owner)).OrganizationId));
        var recorded = await scope.ServiceProvider.GetRequiredService<RecordMetrics>().RecordAsync(project, points, _ => null, CancellationToken.None);
        Assert.All(recorded, outcome => Assert.True(outcome.IsOk));
    }

    private static MetricDraft Requests(double count, DateTimeOffset at, string status) =>
        Of("api", "api.requests", count, at) with { Kind = MetricKind.Counter, Tags = new Dictionary<string, string> { ["statusClass"] = status } };

    private static MetricDraft Of(string type, string name, double value, DateTimeOffset at) => new(name, value) { Type = type, Timestamp = at, Source = MetricSource.Platform };
}

public sealed class DashboardOnSqliteTests(SqliteApp fixture) : DashboardTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class DashboardOnPostgresTests(PostgresApp fixture) : DashboardTests(fixture.App), IClassFixture<PostgresApp>;

/// <summary>A part that fails is named and takes no other with it.</summary>
public sealed class DashboardFaultTests
{
    [Fact]
    public async Task Part_ThatFails_IsNamed()
    {
        await using var app = await PlatformApp.StartAsync(configure: services =>
        {
            services.Remove(services.Single(service => service.ImplementationType == typeof(DatabaseDashboard)));
            services.AddScoped<IDashboardPart, BrokenPart>();
        });

        var answer = await (await app.CreateUserAsync()).Client.GetFromJsonAsync<JsonElement>("/api/analytics/dashboard");

        var data = answer.GetProperty("data");
        Assert.Equal("""["databases"]""", data.GetProperty("errors").ToString());
        Assert.Equal(JsonValueKind.Null, data.GetProperty("databases").ValueKind);
        Assert.Equal(1, data.GetProperty("team").GetProperty("members").GetInt32());
    }

    private sealed class BrokenPart : IDashboardPart
    {
        public string Name => "databases";

        public string Permission => Permissions.DatabasesRead;

        public Task<Result<object>> ReadAsync(DashboardRange range, CancellationToken ct) => throw new InvalidOperationException("The engine is down");
    }
}
