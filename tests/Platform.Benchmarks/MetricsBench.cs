using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Platform.Testing;

namespace Platform.Benchmarks;

/// <summary>Points taken in by batch through the API, against bare inserts of the same points into SQLite; and statistics over five million points of one project, against plain SQL over them.</summary>
internal static class MetricsBench
{
    private const int BatchSize = 1000;
    private const int Writers = 4;
    private const int IngestBatches = 400;
    private const int StoredPoints = 5_000_000;
    private static readonly string[] Regions = ["eu", "us", "ap", "sa"];

    public static async Task<int> RunAsync(int rounds)
    {
        var report = new Report();
        await using var platform = PlatformProcess.Start(BuiltFiles.FunctionApp, ("Analytics:MaxPointsPerQuery", $"{StoredPoints * 2}"));
        using var user = new BenchUser(platform.Url);
        await platform.WaitForAsync(user.Http, "/health/readyz");
        await user.SignUpAsync(platform.DataDirectory);

        await IngestAsync(user.Http, "bench.warm", 40, DateTimeOffset.UtcNow);
        var started = Stopwatch.GetTimestamp();
        await IngestAsync(user.Http, "bench.ingest", IngestBatches, DateTimeOffset.UtcNow);
        var ours = IngestBatches * BatchSize / Stopwatch.GetElapsedTime(started).TotalSeconds;
        report.Add(new Case("metrics", "ingest", ours, "points/s", "bare SQLite, a commit a batch", BareInserts(), 1, "target: >= 20,000 points/s"));

        Console.WriteLine($"storing {StoredPoints:N0} points");
        await IngestAsync(user.Http, "bench.latency", StoredPoints / BatchSize, DateTimeOffset.UtcNow.AddDays(-6), TimeSpan.FromDays(6));
        foreach (var (name, query, sql) in Queries())
        {
            var (our, their) = (await MedianAsync(user.Http, query, rounds), PlainSql(platform.DataDirectory, sql, rounds));
            report.Add(new Case("metrics", name, our, "ms", "plain SQL over the points", their, rounds, "target: < 300 ms"));
        }

        return report.Finish();
    }

    private static IEnumerable<(string Name, string Query, string Sql)> Queries()
    {
        const string from = "FROM metric_points p JOIN metric_series s ON s.id = p.series_id WHERE s.name = 'bench.latency'";
        yield return ("statistics of a week", "agg=avg,sum,min,max,count", $"SELECT avg(value), sum(value), min(value), max(value), count(*) {from}");
        yield return ("hours of a week", "agg=avg,max,count&interval=2h", $"SELECT at / 7200000000 AS bucket, avg(value), max(value), count(*) {from} GROUP BY bucket");
        yield return ("by region", "agg=avg,max,count&groupBy=tag.region", $"SELECT json_extract(s.tags, '$.region') AS region, avg(value), max(value), count(*) {from} GROUP BY region");
        yield return ("percentiles of an hour", "agg=p50,p95,p99&hour=1", $"SELECT count(*), avg(value) {from} AND at > (SELECT max(at) FROM metric_points) - 3600000000");
    }

    private static async Task IngestAsync(HttpClient http, string name, int batches, DateTimeOffset start, TimeSpan? over = null)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var batch && batch < batches)
            {
                using var content = new ByteArrayContent(Batch(name, batch, start + ((over ?? TimeSpan.Zero) * batch / batches)));
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
            name,
            value = ((batch * 7919L) + (i * 104729L)) % 100_000 / 100.0,
            tags = new { region = Regions[i % Regions.Length] },
            timestamp = at.AddMilliseconds(i).ToString("O", CultureInfo.InvariantCulture),
        }),
    });

    // A new range each time, since answers are remembered for 15 seconds.
    private static async Task<double> MedianAsync(HttpClient http, string query, int rounds)
    {
        var times = new List<double>();
        for (var round = -1; round < rounds; round++)
        {
            var to = DateTimeOffset.UtcNow.AddMinutes(5).AddSeconds(round);
            var from = query.EndsWith("&hour=1", StringComparison.Ordinal) ? to.AddMinutes(-65) : to.AddDays(-6.9);
            var range = $"from={Uri.EscapeDataString(from.ToString("O", CultureInfo.InvariantCulture))}&to={Uri.EscapeDataString(to.ToString("O", CultureInfo.InvariantCulture))}";
            var since = Stopwatch.GetTimestamp();
            var answer = await http.GetFromJsonAsync<JsonElement>($"/api/analytics/aggregates?name=bench.latency&{query.Replace("&hour=1", "", StringComparison.Ordinal)}&{range}");
            if (round >= 0)
                times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            if (answer.GetProperty("data").GetProperty("groups").GetArrayLength() == 0)
                throw new InvalidOperationException($"'{query}' found nothing.");
        }

        return Report.Median(times);
    }

    private static double PlainSql(string dataDirectory, string sql, int rounds)
    {
        using var db = new SqliteConnection($"Data Source={Path.Combine(dataDirectory, "platform.db")};Mode=ReadOnly");
        db.Open();
        var times = new List<double>();
        for (var round = -1; round < Math.Min(rounds, 3); round++)
        {
            using var command = db.CreateCommand();
            command.CommandText = sql;
            var since = Stopwatch.GetTimestamp();
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                // the rows are what costs
            }

            if (round >= 0)
                times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }

        return Report.Median(times);
    }

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
                    (series.Value, at.Value, value.Value) = (i % Regions.Length, (batch * BatchSize) + i, i / 100.0);
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
}
