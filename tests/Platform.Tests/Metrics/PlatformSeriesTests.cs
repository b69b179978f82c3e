using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Databases;
using Platform.Metrics;
using Platform.Tests.Alerts;
using Platform.Tests.Databases;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;

namespace Platform.Tests.Metrics;

/// <summary>What the platform records itself (delivery.md §1.5).</summary>
public abstract class PlatformSeriesTests(PlatformApp app)
{
    [Fact]
    public async Task Queries_OfDatabases_AreSeriesOfTheirProject()
    {
        var user = await app.CreateUserAsync();
        var client = new DatabaseClient(user);
        var id = await client.CreatedAsync("main", "CREATE TABLE t (id)");

        (await client.SqlAsync(id, "SELECT 1")).Ok();
        Assert.Equal(400, (int)(await client.SqlAsync(id, "SELECT nowhere")).Status);
        await app.Services.GetRequiredService<DatabaseSweep>().RunAsync(CancellationToken.None);
        await app.Services.GetRequiredService<PlatformSeries>().FlushAsync(CancellationToken.None);

        var points = MetricClient.Good(await new MetricClient(user.Client).ListAsync("type=database&limit=1000")).EnumerateArray().ToList();
        Assert.Equal(2, points.Count(point => Text(point, "name") == "database.query_duration"));
        Assert.Equal(1, points.Count(point => Text(point, "name") == "database.query_errors" && Text(point, "kind") == "counter"));
        Assert.Contains(points, point => Text(point, "name") == "database.size_bytes" && point.GetProperty("value").GetDouble() > 0);
        Assert.All(points, point => Assert.Equal(
            ("platform", id.ToString(), "sqlite"), (Text(point, "source"), Text(point.GetProperty("tags"), "databaseId"), Text(point.GetProperty("tags"), "engine"))));
        Assert.Empty(MetricClient.Good(await (await MetricClient.StartAsync(app)).ListAsync("type=database")).EnumerateArray());
    }

    [Fact]
    public async Task Requests_AreSeriesOfTheProjectTheyAreMadeIn()
    {
        var owner = await app.CreateUserAsync();
        using var created = await owner.Client.PostAsJsonAsync("/api/projects", new { name = "second" });
        var second = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetString()!;
        foreach (var (query, status) in new[] { ("", 200), ("?state=firing", 200), ("?limit=0", 400) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/alerts{query}");
            request.Headers.Add("X-Project-Id", second);
            using var answer = await owner.Client.SendAsync(request);
            Assert.Equal(status, (int)answer.StatusCode);
        }

        await app.Services.GetRequiredService<PlatformSeries>().FlushAsync(CancellationToken.None);

        var metrics = new MetricClient(owner.Client);
        var groups = MetricClient.Good(await metrics.AggregateAsync($"projectId={second}&name=api.requests&tag.route=api/alerts&agg=sum,rate&groupBy=tag.route,tag.method,tag.statusClass")).GetProperty("groups");
        Assert.Equal(
            ["api/alerts GET 2xx 2", "api/alerts GET 4xx 1"],
            groups.EnumerateArray().Select(group => string.Join(' ', group.GetProperty("key").EnumerateObject().Select(part => part.Value.GetString())) + $" {Value(group, "sum")}").Order());
        var durations = MetricClient.Good(await metrics.AggregateAsync($"projectId={second}&name=api.request_duration&tag.route=api/alerts&agg=count,p95")).GetProperty("groups")[0];
        Assert.Equal(3, Value(durations, "count"));
        Assert.InRange(Value(durations, "p95"), 0.001, 60_000);
        Assert.Empty(MetricClient.Good(await (await MetricClient.StartAsync(app)).ListAsync("name=api.requests&tag.statusClass=4xx")).EnumerateArray());
        await AssertAlertsAndDashboardKnowThemAsync(owner, second);
    }

    [Fact]
    public async Task Requests_OfNoProject_AreNotCounted()
    {
        var owner = await app.CreateUserAsync();
        using var unknown = await owner.Client.GetAsync("/api/no-such-route");
        using var anonymous = await app.Client(_ => { }).GetAsync("/api/alerts");
        Assert.Equal((404, 401), ((int)unknown.StatusCode, (int)anonymous.StatusCode));

        await app.Services.GetRequiredService<PlatformSeries>().FlushAsync(CancellationToken.None);

        var routes = await app.InDatabaseAsync(db => db.MetricSeries.Where(series => series.Name == "api.requests").ToListAsync());
        Assert.DoesNotContain(routes, series => series.Tags["route"].Contains("no-such-route", StringComparison.Ordinal) || series.Tags["route"].Contains('*'));
        Assert.DoesNotContain(routes, series => series.Tags["route"] == "api/alerts" && series.OrganizationId == Guid.Empty);
    }

    private static async Task AssertAlertsAndDashboardKnowThemAsync(TestUser owner, string project)
    {
        const string Expression = "sum(api.requests{route=\"api/alerts\", method=\"GET\", statusClass=\"4xx\"}[5m]) / sum(api.requests{route=\"api/alerts\", method=\"GET\"}[5m]) > 0.3";
        var alerts = new AlertClient(owner.Client);
        var check = MetricClient.Good(await alerts.CheckAsync(await alerts.CreatedIdAsync(new { name = "Refusals", projectId = project, expression = Expression })));
        Assert.Equal((true, 1 / 3.0), (check.GetProperty("holds").GetBoolean(), check.GetProperty("comparisons")[0].GetProperty("left").GetDouble()));
        var dashboard = (await owner.Client.GetFromJsonAsync<JsonElement>($"/api/analytics/dashboard?projectId={project}&period=1h")).GetProperty("data").GetProperty("api");
        Assert.InRange(dashboard.GetProperty("requests").GetInt32(), 3, 10);
        Assert.Equal(0, dashboard.GetProperty("errors5xx").GetInt32());
        Assert.InRange(dashboard.GetProperty("p95DurationMs").GetInt64(), 0, 60_000);
    }

    private static double Value(JsonElement group, string word) => group.GetProperty("values").GetProperty(word).GetDouble();

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}

public sealed class PlatformSeriesOnSqliteTests(Executions.SqliteApp fixture) : PlatformSeriesTests(fixture.App), IClassFixture<Executions.SqliteApp>;

public sealed class PlatformSeriesOnPostgresTests(Executions.PostgresApp fixture) : PlatformSeriesTests(fixture.App), IClassFixture<Executions.PostgresApp>;
