using System.Net;
using System.Text.Json;

using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Metrics;

/// <summary>Aggregates through the API, held against what is worked out of the same points here.</summary>
public abstract class AggregateTests(PlatformApp app)
{
    /// <summary>The start of an hour, a few hours ago.</summary>
    private static readonly DateTimeOffset Hour = new(DateTimeOffset.UtcNow.AddHours(-30).Ticks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero);

    [Fact]
    public async Task Figures_OfKnownPoints_AreTheirs()
    {
        var metrics = await MetricClient.StartAsync(app);
        await metrics.RecordAllAsync(new[] { 4.0, 1, 3, 2 }.Select((value, i) => new { name = "known", value, kind = "counter", timestamp = MetricClient.At(Hour.AddMinutes(i)) }));

        var report = await metrics.ReportAsync($"name=known&agg=avg,sum,min,max,count,p50,p90,p25,p99,last,first,stddev,rate&{MetricClient.Range(Hour, Hour.AddMinutes(4))}");

        var values = Assert.Single(report.GetProperty("groups").EnumerateArray()).GetProperty("values");
        Assert.Equal(
            """{"avg":2.5,"sum":10,"min":1,"max":4,"count":4,"p50":2.5,"p90":3.7,"p25":1.75,"p99":3.9699999999999998,"last":2,"first":4,"stddev":1.118033988749895,"rate":0.041666666666666664}""",
            values.ToString());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("interval").ValueKind);
        Assert.Equal("[]", report.GetProperty("groups")[0].GetProperty("buckets").ToString());
        Assert.True(report.GetProperty("exact").GetBoolean());
    }

    /// <summary>Ranges that begin and end anywhere, buckets that roll-ups answer and others that they do not: always what the points themselves say.</summary>
    [Fact]
    public async Task Figures_OfRandomPoints_AreThoseOfThePoints()
    {
        var metrics = await MetricClient.StartAsync(app);
        var random = new Random(4711);
        var points = Enumerable.Range(0, 3000).Select(_ => (At: Hour.AddMilliseconds(random.Next(5 * 3600 * 1000)), Value: Math.Round((random.NextDouble() * 2000) - 500, 3), Host: $"h{random.Next(3)}")).ToList();
        await metrics.RecordAllAsync(points.Select(point => new { name = "random", value = point.Value, tags = new { host = point.Host }, timestamp = MetricClient.At(point.At) }));
        foreach (var interval in new int?[] { null, 17, 60, 90, 300, 3600, 7200 })
        {
            var from = Hour.AddMilliseconds(random.Next(3600 * 1000));
            var to = Hour.AddMilliseconds((2 * 3600 * 1000) + random.Next(3 * 3600 * 1000));
            var (words, length) = (interval is { } seconds ? $"&interval={seconds}s" : "", (interval ?? 0) * 1000L);
            foreach (var figures in new[] { "avg,sum,min,max,count,last,first,stddev", "count,p5,p50,p95" })
            {
                var report = await metrics.ReportAsync($"name=random&groupBy=tag.host&fill=none&agg={figures}{words}&{MetricClient.Range(from, to)}");
                foreach (var group in report.GetProperty("groups").EnumerateArray())
                {
                    var own = points.Where(point => point.Host == group.GetProperty("key").GetProperty("tag.host").GetString() && point.At >= from && point.At < to).ToList();
                    AssertFigures(own, group.GetProperty("values"));
                    var buckets = own.GroupBy(point => length == 0 ? 0 : point.At.ToUnixTimeMilliseconds() / length * length).Where(_ => length > 0).OrderBy(bucket => bucket.Key).ToList();
                    Assert.Equal(buckets.Select(bucket => bucket.Key), group.GetProperty("buckets").EnumerateArray().Select(bucket => bucket.GetProperty("start").GetDateTimeOffset().ToUnixTimeMilliseconds()));
                    foreach (var (mine, answered) in buckets.Zip(group.GetProperty("buckets").EnumerateArray()))
                        AssertFigures([.. mine], answered.GetProperty("values"));
                }
            }
        }
    }

    [Fact]
    public async Task Buckets_WithoutPoints_AreFilledAsWanted()
    {
        var metrics = await MetricClient.StartAsync(app);
        await metrics.RecordAllAsync([new { name = "gap", value = 5, timestamp = MetricClient.At(Hour) }, new { name = "gap", value = 7, timestamp = MetricClient.At(Hour.AddMinutes(25)) }]);
        var query = $"name=gap&agg=count,avg&interval=10m&{MetricClient.Range(Hour, Hour.AddMinutes(30))}";

        Assert.Equal(["1:5", "0:", "1:7"], Buckets(await metrics.ReportAsync(query)));
        Assert.Equal(["1:5", "0:0", "1:7"], Buckets(await metrics.ReportAsync($"{query}&fill=zero")));
        Assert.Equal(["1:5", "1:7"], Buckets(await metrics.ReportAsync($"{query}&fill=none")));
        var nothing = await metrics.ReportAsync($"name=nothing&agg=count,sum&interval=10m&{MetricClient.Range(Hour, Hour.AddMinutes(30))}");
        Assert.Equal("""{"count":0,"sum":null}""", nothing.GetProperty("groups")[0].GetProperty("values").ToString());
        Assert.Equal(3, nothing.GetProperty("groups")[0].GetProperty("buckets").GetArrayLength());
        Assert.Equal("[]", (await metrics.ReportAsync("name=nothing&groupBy=name")).GetProperty("groups").ToString());
    }

    [Fact]
    public async Task Interval_Automatic_GivesAtMostAHundredBuckets()
    {
        var metrics = await MetricClient.StartAsync(app);
        foreach (var (minutes, interval) in new[] { (15, "10s"), (60, "1m"), (24 * 60, "15m"), (90 * 24 * 60, "1d") })
        {
            var report = await metrics.ReportAsync($"name=any&agg=count&interval=auto&{MetricClient.Range(Hour.AddMinutes(-minutes), Hour)}");
            Assert.Equal(interval, report.GetProperty("interval").GetString());
            Assert.InRange(report.GetProperty("groups")[0].GetProperty("buckets").GetArrayLength(), 2, 100);
        }
    }

    [Fact]
    public async Task Groups_AreSortedAndCutAtAHundred()
    {
        var metrics = await MetricClient.StartAsync(app);
        var points = Enumerable.Range(0, 120).SelectMany(i => Enumerable.Range(0, i < 20 ? 1 : 2).Select(n => new { name = "many", value = i + n, tags = new { shard = $"{i}" } }));
        await metrics.RecordAllAsync(points);
        await metrics.RecordAllAsync([new { name = "few", value = 1 }, new { name = "few", value = 9, tags = new { a = "x" } }]);

        var many = await metrics.ReportAsync("name=many&groupBy=tag.shard&agg=max&sort=max&order=asc");
        Assert.True(many.GetProperty("truncatedGroups").GetBoolean());
        Assert.Equal(Enumerable.Range(20, 100).Select(i => i + 1.0), many.GetProperty("groups").EnumerateArray().Select(group => group.GetProperty("values").GetProperty("max").GetDouble()));
        var few = await metrics.ReportAsync("name=few&groupBy=tag.a,name&agg=sum&sort=sum");
        Assert.Equal(["""{"tag.a":"x","name":"few"}""", """{"tag.a":null,"name":"few"}"""], few.GetProperty("groups").EnumerateArray().Select(group => group.GetProperty("key").ToString()));
    }

    [Theory]
    [InlineData("", "validation_failed")]
    [InlineData("name=x&agg=mean", "validation_failed")]
    [InlineData("name=x&agg=p0", "validation_failed")]
    [InlineData("name=x&agg=p100", "validation_failed")]
    [InlineData("name=x&interval=9s", "validation_failed")]
    [InlineData("name=x&interval=0h", "validation_failed")]
    [InlineData("name=x&interval=9999999d", "validation_failed")]
    [InlineData("name=x&interval=10s&period=24h", "too_many_buckets")]
    [InlineData("name=x&groupBy=host", "validation_failed")]
    [InlineData("name=x&groupBy=name,name", "validation_failed")]
    [InlineData("name=x&groupBy=name,type,source,tag.a", "validation_failed")]
    [InlineData("name=x&sort=p10", "validation_failed")]
    [InlineData("name=x&fill=previous", "validation_failed")]
    [InlineData("name=x&from=0001-01-01&to=0001-01-02", "validation_failed")]
    public async Task Query_OfWrongForm_Is400(string query, string code) =>
        MetricClient.Refused(HttpStatusCode.BadRequest, code, await (await MetricClient.StartAsync(app)).AggregateAsync(query));

    [Fact]
    public async Task Rate_OfAGauge_Is400()
    {
        var metrics = await MetricClient.StartAsync(app);
        await metrics.RecordAllAsync([new { name = "level", value = 1 }]);
        MetricClient.Refused(HttpStatusCode.BadRequest, "rate_of_gauge", await metrics.AggregateAsync("name=level&agg=rate"));
    }

    [Fact]
    public async Task Values_AtTheEdgeOfNumbers_GiveNoFault()
    {
        var metrics = await MetricClient.StartAsync(app);
        for (var i = 0; i < 3; i++)
            await metrics.RecordAllAsync([new { name = "huge", value = double.MaxValue }, new { name = "huge", value = double.MinValue }, new { name = "huge", value = double.MaxValue }]);
        var values = (await metrics.ReportAsync("name=huge&agg=count,max,min,stddev,p50")).GetProperty("groups")[0].GetProperty("values");
        Assert.Equal((9, double.MaxValue, double.MinValue), (values.GetProperty("count").GetInt32(), values.GetProperty("max").GetDouble(), values.GetProperty("min").GetDouble()));
        Assert.Equal(double.MaxValue, (await metrics.ReportAsync("name=huge&agg=max&interval=1h&period=2h&fill=none")).GetProperty("groups")[0].GetProperty("values").GetProperty("max").GetDouble());
    }

    private static IEnumerable<string> Buckets(JsonElement report) => report.GetProperty("groups")[0].GetProperty("buckets").EnumerateArray()
        .Select(bucket => $"{bucket.GetProperty("values").GetProperty("count")}:{bucket.GetProperty("values").GetProperty("avg")}");

    private static void AssertFigures(List<(DateTimeOffset At, double Value, string Host)> points, JsonElement answered)
    {
        var values = points.Select(point => point.Value).Order().ToList();
        var mean = values.Average();
        foreach (var figure in answered.EnumerateObject())
        {
            var expected = figure.Name switch
            {
                "avg" => mean,
                "sum" => values.Sum(),
                "min" => values[0],
                "max" => values[^1],
                "count" => values.Count,
                "first" => points.MinBy(point => (point.At, point.Value)).Value,
                "last" => points.MaxBy(point => (point.At, point.Value)).Value,
                "stddev" => Math.Sqrt(values.Average(value => (value - mean) * (value - mean))),
                _ => Percentile(values, int.Parse(figure.Name[1..])),
            };
            Assert.Equal(expected, figure.Value.GetDouble(), 1e-6);
        }
    }

    private static double Percentile(List<double> sorted, int percentile)
    {
        var rank = percentile / 100.0 * (sorted.Count - 1);
        return sorted[(int)Math.Floor(rank)] + ((rank - Math.Floor(rank)) * (sorted[(int)Math.Ceiling(rank)] - sorted[(int)Math.Floor(rank)]));
    }
}

public sealed class AggregateOnSqliteTests(SqliteApp fixture) : AggregateTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class AggregateOnPostgresTests(PostgresApp fixture) : AggregateTests(fixture.App), IClassFixture<PostgresApp>;
