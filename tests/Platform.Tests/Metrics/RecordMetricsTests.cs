using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Variables;

namespace Platform.Tests.Metrics;

/// <summary>Points through the API: which are stored, how they are shown, and which are refused.</summary>
public abstract class RecordMetricsTests(PlatformApp app)
{
    [Fact]
    public async Task Point_Recorded_IsShownAsItIs()
    {
        var metrics = await MetricClient.StartAsync(app);
        var at = MetricClient.At(DateTimeOffset.UtcNow.AddMinutes(-5));

        var stored = MetricClient.Good(
            await metrics.RecordAsync(new { name = "checkout.duration", value = 12.25, kind = "counter", type = "shop", unit = " ms ", tags = new { region = "eu", a = "ä,1" }, timestamp = at, other = 1 }),
            HttpStatusCode.Created);

        Assert.Equal(
            ("checkout.duration", 12.25, "counter", "shop", "ms", at, "user"),
            (Text(stored, "name"), stored.GetProperty("value").GetDouble(), Text(stored, "kind"), Text(stored, "type"), Text(stored, "unit"), Text(stored, "timestamp"), Text(stored, "source")));
        Assert.Equal("""{"region":"eu","a":"ä,1"}""", stored.GetProperty("tags").ToString());
        Assert.Equal('7', Text(stored, "id")[14]);
        var (status, listed) = await metrics.ListAsync("name=checkout.duration");
        Assert.Equal((HttpStatusCode.OK, 1, 50, 0), (status, listed.GetProperty("total").GetInt32(), listed.GetProperty("limit").GetInt32(), listed.GetProperty("offset").GetInt32()));
        var shown = Assert.Single(listed.GetProperty("data").EnumerateArray());
        Assert.Equal(Text(stored, "id"), Text(shown, "id"));
        Assert.Equal("eu", Text(shown.GetProperty("tags"), "region"));
    }

    [Fact]
    public async Task Point_WithDefaults_IsAGaugeOfNow()
    {
        var metrics = await MetricClient.StartAsync(app);
        var stored = MetricClient.Good(await metrics.RecordAsync(new { name = "queue", value = -1.7976931348623157e308 }), HttpStatusCode.Created);
        Assert.Equal(("gauge", "custom", JsonValueKind.Null), (Text(stored, "kind"), Text(stored, "type"), stored.GetProperty("unit").ValueKind));
        Assert.InRange(stored.GetProperty("timestamp").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal(1, (await metrics.ListAsync("type=custom&period=1m")).Body.GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("""{"value":1}""", "validation_failed")]
    [InlineData("""{"name":"x"}""", "validation_failed")]
    [InlineData("""{"name":"1x","value":1}""", "validation_failed")]
    [InlineData("""{"name":"x y","value":1}""", "validation_failed")]
    [InlineData("""{"name":"x","value":"1"}""", "validation_failed")]
    [InlineData("""{"name":"x","value":1e999}""", "validation_failed")]
    [InlineData("""{"name":"x","value":NaN}""", "invalid_json")]
    [InlineData("""{"name":"x","value":1,"type":"Shop"}""", "validation_failed")]
    [InlineData("""{"name":"x","value":1,"kind":"histogram"}""", "validation_failed")]
    [InlineData("""{"name":"x","value":1,"unit":"012345678901234567890123456789012"}""", "validation_failed")]
    [InlineData("""{"name":"x","value":1,"tags":{"1":"x"}}""", "validation_failed")]
    [InlineData("""{"name":"x","value":1,"tags":{"a":1}}""", "validation_failed")]
    [InlineData("""{"name":"x","value":1,"tags":{"a":null}}""", "validation_failed")]
    [InlineData("""{"name":"x","value":1,"timestamp":"2020-01-01T00:00:00Z"}""", "validation_failed")]
    [InlineData("""{"name":"x","value":1,"timestamp":"2999-01-01T00:00:00Z"}""", "validation_failed")]
    [InlineData("""{"name":"platform.x","value":1}""", "reserved_metric")]
    [InlineData("""{"name":"x","value":1,"type":"build"}""", "reserved_metric")]
    [InlineData("""{"name":"x","value":1,"type":"inference"}""", "reserved_metric")]
    [InlineData("[]", "validation_failed")]
    public async Task Point_OfWrongForm_Is400(string body, string code)
    {
        var metrics = await MetricClient.StartAsync(app);
        MetricClient.Refused(HttpStatusCode.BadRequest, code, await metrics.RecordAsync(body));
        Assert.Equal(0, (await metrics.ListAsync("name=*")).Body.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Tags_AtTheLimits_AreTakenAndOneAboveRefused()
    {
        var metrics = await MetricClient.StartAsync(app);
        var tags = Enumerable.Range(0, 20).ToDictionary(i => $"key{i}", _ => new string('v', 200));
        Assert.Equal(HttpStatusCode.Created, (await metrics.RecordAsync(new { name = new string('n', 200), value = 0, tags })).Status);
        tags["one.more"] = "";
        Assert.Equal(HttpStatusCode.BadRequest, (await metrics.RecordAsync(new { name = "n", value = 0, tags })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await metrics.RecordAsync(new { name = new string('n', 201), value = 0 })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await metrics.RecordAsync(new { name = "n", value = 0, tags = new { a = new string('v', 201) } })).Status);
    }

    [Fact]
    public async Task Batch_OfGoodAndBad_StoresTheGood()
    {
        var metrics = await MetricClient.StartAsync(app);
        var answer = MetricClient.Good(
            await metrics.RecordBatchAsync(new { metrics = new object[] { new { name = "a", value = 1 }, new { name = "a" }, new { name = "platform.b", value = 1 }, 5, new { name = "a", value = 2 } } }),
            HttpStatusCode.Created);
        Assert.Equal((2, 3), (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("rejected").GetInt32()));
        Assert.Equal([1, 2, 3], answer.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("index").GetInt32()));
        Assert.StartsWith("value: ", Text(answer.GetProperty("errors")[0], "message"), StringComparison.Ordinal);
        Assert.Equal([2.0, 1.0], (await metrics.ListAsync("name=a")).Body.GetProperty("data").EnumerateArray().Select(point => point.GetProperty("value").GetDouble()));
    }

    [Fact]
    public async Task Batch_OfBadOnly_Is400WithTheirProblems()
    {
        var metrics = await MetricClient.StartAsync(app);
        var answer = await metrics.RecordBatchAsync(Enumerable.Repeat(new { name = "?", value = 1 }, 60));
        MetricClient.Refused(HttpStatusCode.BadRequest, "validation_failed", answer);
        Assert.Equal(50, answer.Body.GetProperty("details").GetArrayLength());
        foreach (var bad in new[] { "[]", "{}", """{"metrics":null}""", """{"metrics":{}}""", "\"x\"", "5" })
            Assert.Equal(HttpStatusCode.BadRequest, (await metrics.RecordBatchAsync(bad)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await metrics.RecordBatchAsync(Enumerable.Repeat(new { name = "a", value = 1 }, 1001))).Status);
    }

    [Fact]
    public async Task Record_RepeatedWithItsKey_StoresOnce()
    {
        var metrics = await MetricClient.StartAsync(app);
        var (key, other) = ($"key-{Guid.CreateVersion7()}", $"key-{Guid.CreateVersion7()}");
        var first = MetricClient.Good(await metrics.RecordAsync(new { name = "once", value = 1 }, key), HttpStatusCode.Created);
        Assert.Equal(first.ToString(), MetricClient.Good(await metrics.RecordAsync(new { name = "once", value = 1 }, key), HttpStatusCode.Created).ToString());
        for (var i = 0; i < 2; i++)
            Assert.Equal(1, MetricClient.Good(await metrics.RecordBatchAsync(new[] { new { name = "once", value = 2 } }, other), HttpStatusCode.Created).GetProperty("accepted").GetInt32());
        Assert.Equal(2, (await metrics.ListAsync("name=once")).Body.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task List_ByFilters_ShowsOnlyTheirPoints()
    {
        var metrics = await MetricClient.StartAsync(app);
        await metrics.RecordAllAsync([
            new { name = "cpu.user", value = 1, tags = new { host = "a" } }, new { name = "cpu.system", value = 2, tags = new { host = "b" } },
            new { name = "cpu.system", value = 3, tags = new { host = "c", disk = "x" } }, new { name = "memory", value = 4, kind = "counter", type = "machine" }]);

        Assert.Equal([1, 2, 3], await ValuesAsync(metrics, "name=cpu.*"));
        Assert.Equal([2, 3], await ValuesAsync(metrics, "name=cpu.system"));
        Assert.Equal([1, 2], await ValuesAsync(metrics, "name=cpu.*&tag.host=a&tag.host=b"));
        Assert.Equal([3], await ValuesAsync(metrics, "name=cpu.*&tag.host=b&tag.host=c&tag.disk=x"));
        Assert.Equal([1, 4], await ValuesAsync(metrics, "name=memory,cpu.user"));
        Assert.Equal([4], await ValuesAsync(metrics, "type=machine,other"));
        Assert.Equal([4], await ValuesAsync(metrics, "name=*&kind=counter"));
        Assert.Empty(await ValuesAsync(metrics, "name=*&source=platform"));
        Assert.Empty(await ValuesAsync(metrics, "name=cpu"));
        var page = (await metrics.ListAsync("name=*&order=asc&limit=2&offset=1")).Body;
        Assert.Equal((4, 2), (page.GetProperty("total").GetInt32(), page.GetProperty("data").GetArrayLength()));
        foreach (var bad in new[] { "", "period=1h", "name=x&period=91d", "name=x&period=1s", "name=x&period=1h&from=2026-01-01", "name=x&limit=1001", "name=x&from=2026-01-02&to=2026-01-02", "name=x&from=2020-01-01" })
            MetricClient.Refused(HttpStatusCode.BadRequest, "validation_failed", await metrics.ListAsync(bad));
    }

    [Fact]
    public async Task Projects_SeeOnlyTheirOwn()
    {
        var (owner, stranger) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var (mine, theirs) = (new MetricClient(owner.Client), new MetricClient(stranger.Client));
        MetricClient.Good(await mine.RecordAsync(new { name = "secret", value = 1 }), HttpStatusCode.Created);
        var project = await app.ProjectOfAsync(owner);

        Assert.Equal(0, (await theirs.ListAsync("name=secret")).Body.GetProperty("total").GetInt32());
        Assert.Equal(1, (await mine.ListAsync($"name=secret&projectId={project}")).Body.GetProperty("total").GetInt32());
        Assert.Equal(1, (await mine.ListAsync("name=secret&projectId=all")).Body.GetProperty("total").GetInt32());
        foreach (var answer in new[]
        {
            await theirs.ListAsync($"name=secret&projectId={project}"), await theirs.AggregateAsync($"name=secret&projectId={project}"), await theirs.AggregateAsync("name=x&projectId=x"),
            await theirs.RecordAsync(new { name = "x", value = 1, projectId = project }), await theirs.RecordBatchAsync(new { projectId = project, metrics = Array.Empty<object>() }),
        })
            MetricClient.Refused(HttpStatusCode.NotFound, "not_found", answer);
    }

    [Fact]
    public async Task Series_OfDifferentBatchesAtOnce_AreEachMadeOnce()
    {
        var metrics = await MetricClient.StartAsync(app);
        var batches = Enumerable.Range(0, 6).Select(_ => metrics.RecordAllAsync(Enumerable.Range(0, 50).Select(i => new { name = $"race.{i % 10}", value = i }))).ToList();
        await Task.WhenAll(batches);

        var report = await metrics.ReportAsync("name=race.*&groupBy=name&agg=count,sum");
        Assert.Equal(Enumerable.Repeat(30, 10), report.GetProperty("groups").EnumerateArray().Select(group => group.GetProperty("values").GetProperty("count").GetInt32()));
        Assert.Equal(10, await app.ReadAsync(db => db.MetricSeries.CountAsync(series => series.Name.StartsWith("race."))));
    }

    private static async Task<IEnumerable<double>> ValuesAsync(MetricClient metrics, string query) =>
        MetricClient.Good(await metrics.ListAsync(query)).EnumerateArray().Select(point => point.GetProperty("value").GetDouble()).Order();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

public sealed class RecordMetricsOnSqliteTests(SqliteApp fixture) : RecordMetricsTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class RecordMetricsOnPostgresTests(PostgresApp fixture) : RecordMetricsTests(fixture.App), IClassFixture<PostgresApp>;
