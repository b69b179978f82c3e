using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Identity;
using Platform.Metrics;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Variables;

namespace Platform.Tests.Metrics;

/// <summary>What happens at the limits that an operator sets, who may do what, and what stays when time has passed.</summary>
public sealed class MetricLimitTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Limits_OfSeriesAndPoints_AreRefusedAbove(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db, settings: [("Analytics:MaxSeriesPerProject", "2"), ("Analytics:MaxPointsPerQuery", "5"), ("Analytics:CacheSeconds", "0")]);
        var metrics = await MetricClient.StartAsync(app);
        await metrics.RecordAllAsync([new { name = "a", value = 1 }, new { name = "a", value = 1, tags = new { x = "1" } }]);

        MetricClient.Refused(HttpStatusCode.Conflict, "series_limit", await metrics.RecordAsync(new { name = "a", value = 1, tags = new { x = "2" } }));
        var batch = MetricClient.Good(await metrics.RecordBatchAsync(new object[] { new { name = "b", value = 1 }, new { name = "a", value = 2 } }), HttpStatusCode.Created);
        Assert.Equal((1, 0), (batch.GetProperty("accepted").GetInt32(), batch.GetProperty("errors")[0].GetProperty("index").GetInt32()));
        Assert.Equal(3, (await metrics.ReportAsync("name=a&agg=count")).GetProperty("groups")[0].GetProperty("values").GetProperty("count").GetInt32());
        await metrics.RecordAllAsync(Enumerable.Repeat(new { name = "a", value = 1 }, 2));
        await metrics.ReportAsync("name=a");
        await metrics.RecordAllAsync([new { name = "a", value = 1 }]);
        foreach (var figures in new[] { "count", "p50" })
            MetricClient.Refused(HttpStatusCode.BadRequest, "query_too_large", await metrics.AggregateAsync($"name=a&agg={figures}"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task SeriesOfUsers_LeaveThePlatformRoomForItsOwn(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db, settings: [("Analytics:MaxSeriesPerProject", "1")]);
        var user = await app.CreateUserAsync();
        var (metrics, place) = (new MetricClient(user.Client), await app.PlaceOfAsync(user));
        await metrics.RecordAllAsync([new { name = "a", value = 1 }]);
        var series = app.Services.GetRequiredService<PlatformSeries>();

        series.Record(place.OrganizationId, place.ProjectId, "webhook", "webhook.deliveries", 1, MetricKind.Counter, null, new Dictionary<string, string>());
        await Until.TrueAsync(
            async () =>
            {
                await series.FlushAsync(CancellationToken.None);
                return await app.ReadAsync(rows => rows.MetricSeries.AnyAsync(row => row.ProjectId == place.ProjectId && row.Source == MetricSource.Platform));
            },
            "the platform has a series");
        MetricClient.Refused(HttpStatusCode.Conflict, "series_limit", await metrics.RecordAsync(new { name = "b", value = 1 }));
    }

    /// <summary>What the roll-ups know to be too much is refused without its points having been read.</summary>
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Percentiles_OfTooManyPoints_AreRefusedByTheRollups(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db, settings: [("Analytics:MaxPointsPerQuery", "5")]);
        var metrics = await MetricClient.StartAsync(app);
        await metrics.RecordAllAsync(Enumerable.Range(0, 6).Select(i => new { name = "a", value = i, timestamp = MetricClient.At(DateTimeOffset.UtcNow.AddHours(-3)) }));
        await using (var scope = app.As(Caller.Platform))
        {
            var rows = scope.ServiceProvider.GetRequiredService<Platform.Data.PlatformDbContext>();
            Assert.Equal(6, await rows.InTransactionAsync(() => rows.MetricPoints.ExecuteDeleteAsync(), CancellationToken.None));
        }

        MetricClient.Refused(HttpStatusCode.BadRequest, "query_too_large", await metrics.AggregateAsync("name=a&agg=p50"));
        MetricClient.Good(await metrics.AggregateAsync("name=a&agg=p50&period=1h"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Reports_AreKeptForAQuarterOfAMinuteWithTheirTag(Db db)
    {
        var clock = new ShiftedClock();
        await using var app = await PlatformApp.StartAsync(db, services => services.AddSingleton<TimeProvider>(clock));
        var user = await app.CreateUserAsync();
        var metrics = new MetricClient(user.Client);
        await metrics.RecordAllAsync([new { name = "a", value = 1 }]);
        foreach (var path in new[] { "/api/analytics/aggregates?name=a&agg=count&period=1h&groupBy=name", "/api/analytics/metrics?name=a&period=1h" })
        {
            using var first = await user.Client.GetAsync(path);
            Assert.Equal("max-age=15, private", first.Headers.CacheControl!.ToString());
            await metrics.RecordAllAsync([new { name = "a", value = 1 }]);
            using var second = await user.Client.GetAsync(path);
            Assert.Equal(first.Headers.ETag, second.Headers.ETag);
            Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(user, path, first.Headers.ETag!.ToString()));
            clock.Advance(TimeSpan.FromSeconds(16));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(user, path, first.Headers.ETag!.ToString()));
            using var third = await user.Client.GetAsync(path);
            Assert.NotEqual(first.Headers.ETag, third.Headers.ETag);
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Viewer_ReadsAndDoesNotRecord(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db);
        var (owner, viewer) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        await app.JoinAsync(viewer, owner, OrganizationRole.Viewer);
        var (mine, theirs) = (new MetricClient(owner.Client), new MetricClient(viewer.Client));
        await mine.RecordAllAsync([new { name = "a", value = 1 }]);

        Assert.Equal(1, (await theirs.ListAsync("name=a")).Body.GetProperty("total").GetInt32());
        MetricClient.Refused(HttpStatusCode.Forbidden, "forbidden", await theirs.RecordAsync(new { name = "a", value = 1 }));
        MetricClient.Refused(HttpStatusCode.Forbidden, "forbidden", await theirs.RecordBatchAsync("{"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Sweep_AfterTheRetention_LeavesNothing(Db db)
    {
        var clock = new ShiftedClock();
        await using var app = await PlatformApp.StartAsync(db, services => services.AddSingleton<TimeProvider>(clock));
        var user = await app.CreateUserAsync();
        var metrics = new MetricClient(user.Client);
        await metrics.RecordAllAsync(Enumerable.Range(0, 600).Select(i => new { name = "old", value = i }).Concat<object>([new { name = "both", value = 1 }]));
        clock.Advance(TimeSpan.FromDays(29));
        Assert.Equal(0, await SweepAsync(app));
        await RecordAsync(app, user, "both");
        clock.Advance(TimeSpan.FromDays(2));

        Assert.Equal(601, await SweepAsync(app));

        Assert.Equal(["both"], await app.ReadAsync(rows => rows.MetricSeries.Select(series => series.Name).ToListAsync()));
        Assert.Equal((1, 2), (await app.ReadAsync(rows => rows.MetricPoints.CountAsync()), await app.ReadAsync(rows => rows.MetricRollups.CountAsync())));
    }

    private static Task<int> SweepAsync(PlatformApp app) => app.Services.GetRequiredService<MetricSweep>().SweepAsync(CancellationToken.None);

    // Below the API: the session of the API has ended by then.
    private static async Task RecordAsync(PlatformApp app, TestUser user, string name)
    {
        var place = await app.PlaceOfAsync(user);
        await using var scope = app.As(Caller.System(place.OrganizationId));
        var recorded = await scope.ServiceProvider.GetRequiredService<RecordMetrics>().RecordAsync(place.ProjectId, [new MetricDraft(name, 1)], _ => null, CancellationToken.None);
        Assert.True(recorded[0].IsOk);
    }

    private static async Task<HttpStatusCode> StatusAsync(TestUser user, string path, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("If-None-Match", tag);
        using var answer = await user.Client.SendAsync(request);
        return answer.StatusCode;
    }
}
