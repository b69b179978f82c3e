using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Platform.Testing;

namespace Platform.Benchmarks;

/// <summary>
/// Points taken in by batch through the API, against bare inserts of the same number into SQLite; and statistics in a project of five million points (ten names in four regions,
/// over a week), against plain SQL over the points. Percentiles are exact on both sides.
/// </summary>
internal static class MetricsBench
{
    private const int BatchSize = 1000;
    private const int Writers = 4;
    private const int IngestBatches = 400;
    private const string Latency = "bench.latency";
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static async Task<int> RunAsync(int rounds)
    {
        var report = new Report();
        await using var platform = PlatformProcess.Start(BuiltFiles.FunctionApp);
        using var user = new BenchUser(platform.Url);
        await platform.WaitForAsync(user.Http, "/health/readyz");
        await user.SignUpAsync(platform.DataDirectory);

        await IngestAsync(user.Http, "bench.ingest", 40); // the just-in-time compiler's
        var started = Stopwatch.GetTimestamp();
        await IngestAsync(user.Http, "bench.ingest", IngestBatches);
        var ours = IngestBatches * BatchSize / Stopwatch.GetElapsedTime(started).TotalSeconds;
        report.Add(new Case("metrics", "ingest", ours, "points/s", "bare SQLite, a commit a batch", BareInserts(), 1, "target: >= 20,000 points/s"));

        await IngestAsync(user.Http, Latency, 1); // which makes the series
        using var db = new SqliteConnection($"Data Source={Path.Combine(platform.DataDirectory, "platform.db")}");
        db.Open();
        var points = new StoredPoints(db, Latency, DateTimeOffset.UtcNow);
        Console.WriteLine($"storing {StoredPoints.Count:N0} points");
        points.Write();
        foreach (var query in Queries(points))
        {
            var ms = await MedianAsync(user.Http, query, rounds);
            report.Add(new Case("metrics", query.Name, ms, "ms", "plain SQL over the points", points.Median(query.Sql, rounds), rounds, query.Target));
        }

        await CheckAsync(user.Http, points);
        return report.Finish();
    }

    private static IEnumerable<Query> Queries(StoredPoints points)
    {
        const string fast = "target: < 300 ms", usual = "avg,sum,min,max,count";
        var (one, day) = ($"name={Latency}.0", points.End - Day);
        var (ofOne, ofDay) = (points.From($"{Latency}.0"), points.From($"{Latency}.0", day));
        yield return new("a day, all figures", one, day, $"SELECT value {ofDay} ORDER BY value", fast);
        yield return new("a day by the hour", $"{one}&interval=1h", day, $"SELECT at / 3600000, value {ofDay} ORDER BY 1, 2", fast);
        yield return new("a week", $"{one}&agg={usual}", points.Start, $"SELECT avg(value), sum(value), min(value), max(value), count(*) {ofOne}", fast);
        yield return new("a week by two hours", $"{one}&agg={usual}&interval=2h", points.Start, $"SELECT at / 7200000, avg(value), sum(value), min(value), max(value), count(*) {ofOne} GROUP BY 1", fast);
        yield return new("a week by region", $"{one}&agg={usual}&groupBy=tag.region", points.Start, $"SELECT s.tags, avg(value), sum(value), min(value), max(value), count(*) {ofOne} GROUP BY 1", fast);
        yield return new("the largest permitted", $"{one}&name={Latency}.1&agg=p50,p95,p99", points.Start, $"SELECT value {points.From($"{Latency}.0', '{Latency}.1")} ORDER BY value", "1,000,000 points, no target");
    }

    private static async Task IngestAsync(HttpClient http, string name, int batches)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var batch && batch < batches)
            {
                using var content = new ByteArrayContent(Batch(name, batch, DateTimeOffset.UtcNow));
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using var answer = await http.PostAsync(new Uri("/api/analytics/batch-metrics", UriKind.Relative), content);
                answer.EnsureSuccessStatusCode();
            }
        }));
    }

    private static byte[] Batch(string name, int batch, DateTimeOffset at) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        metrics = Enumerable.Range(0, BatchSize).Select(i => new
        {
            name = $"{name}.{i % StoredPoints.Names}",
            value = ((batch * 7919L) + (i * 104729L)) % 100_000 / 100.0,
            tags = new { region = StoredPoints.Regions[i / StoredPoints.Names % StoredPoints.Regions.Length] },
            timestamp = at.AddMilliseconds(i).ToString("O", CultureInfo.InvariantCulture),
        }),
    });

    // A new end each time, since answers are remembered for 15 seconds.
    private static async Task<double> MedianAsync(HttpClient http, Query query, int rounds)
    {
        var times = new List<double>();
        for (var round = -1; round < Math.Max(rounds, 3); round++)
        {
            var since = Stopwatch.GetTimestamp();
            var groups = await GroupsAsync(http, query.Text, query.Start, DateTimeOffset.UtcNow.AddSeconds(round));
            if (round >= 0)
                times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            if (groups.GetArrayLength() == 0)
                throw new InvalidOperationException($"'{query.Name}' found nothing.");
        }

        return Report.Median(times);
    }

    /// <summary>What was measured is right, and what is too much is refused.</summary>
    private static async Task CheckAsync(HttpClient http, StoredPoints points)
    {
        var whole = (await GroupsAsync(http, $"name={Latency}.0&agg=count,sum", points.Start, points.End))[0].GetProperty("values");
        var (count, sum) = points.CountAndSum($"{Latency}.0");
        if (whole.GetProperty("count").GetInt64() != count || Math.Abs(whole.GetProperty("sum").GetDouble() - sum) > 0.01)
            throw new InvalidOperationException($"The report says {whole}, the database {count} and {sum}.");
        var since = Stopwatch.GetTimestamp();
        using var refused = await http.GetAsync(new Uri(PathOf($"name={Latency}.*&agg=p95", points.Start, points.End), UriKind.Relative));
        if (refused.StatusCode != HttpStatusCode.BadRequest || !(await refused.Content.ReadAsStringAsync()).Contains("query_too_large", StringComparison.Ordinal))
            throw new InvalidOperationException($"All points at once: {refused.StatusCode}.");
        Console.WriteLine($"all {StoredPoints.Count:N0} points at once are refused after {Stopwatch.GetElapsedTime(since).TotalMilliseconds:N0} ms");
    }

    private static async Task<JsonElement> GroupsAsync(HttpClient http, string query, DateTimeOffset from, DateTimeOffset to) =>
        (await http.GetFromJsonAsync<JsonElement>(PathOf(query, from, to))).GetProperty("data").GetProperty("groups");

    private static string PathOf(string query, DateTimeOffset from, DateTimeOffset to) => $"/api/analytics/aggregates?{query}&from={Text(from)}&to={Text(to)}";

    private static string Text(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O", CultureInfo.InvariantCulture));

    private static double BareInserts()
    {
        var folder = Directory.CreateTempSubdirectory("bare-points-");
        try
        {
            using var db = new SqliteConnection($"Data Source={Path.Combine(folder.FullName, "bare.db")};Pooling=false");
            db.Open();
            using var setUp = db.CreateCommand();
            setUp.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE points (id INTEGER PRIMARY KEY, series_id INTEGER, at INTEGER, value REAL); CREATE INDEX by_series ON points (series_id, at, value)";
            setUp.ExecuteNonQuery();
            var started = Stopwatch.GetTimestamp();
            for (var batch = 0; batch < IngestBatches; batch++)
            {
                using var transaction = db.BeginTransaction();
                using var insert = db.CreateCommand();
                insert.CommandText = "INSERT INTO points (series_id, at, value) VALUES (@series, @at, @value)";
                var (series, at, value) = (insert.Parameters.Add("@series", SqliteType.Integer), insert.Parameters.Add("@at", SqliteType.Integer), insert.Parameters.Add("@value", SqliteType.Real));
                for (var i = 0; i < BatchSize; i++)
                {
                    (series.Value, at.Value, value.Value) = (i % 40, (batch * BatchSize) + i, i / 100.0);
                    insert.ExecuteNonQuery();
                }

                transaction.Commit();
            }

            return IngestBatches * BatchSize / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private sealed record Query(string Name, string Text, DateTimeOffset Start, string Sql, string Target);
}
