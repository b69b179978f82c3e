using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

using Platform.Databases;
using Platform.Metrics;
using Platform.Tests.Databases;
using Platform.Tests.Fixtures;

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

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}

public sealed class PlatformSeriesOnSqliteTests(Executions.SqliteApp fixture) : PlatformSeriesTests(fixture.App), IClassFixture<Executions.SqliteApp>;

public sealed class PlatformSeriesOnPostgresTests(Executions.PostgresApp fixture) : PlatformSeriesTests(fixture.App), IClassFixture<Executions.PostgresApp>;
