using Platform.Dashboards;

namespace Platform.UserFunctions;

/// <summary>Works out the figures of a function.</summary>
public sealed class FunctionMetrics(InvocationFigures figures, WorkerPools pools)
{
    private const int MostBuckets = 100;
    private static readonly (int Seconds, string Word)[] Steps = [(60, "1m"), (300, "5m"), (900, "15m"), (3600, "1h"), (21_600, "6h"), (86_400, "1d")];

    /// <summary>The words that an interval can have.</summary>
    public static IEnumerable<string> Words => Steps.Select(step => step.Word);

    /// <param name="interval">Null: the shortest of which the range has at most 100.</param>
    public async Task<FunctionReport> ReportAsync(UserFunction function, DateTimeOffset from, DateTimeOffset to, string? interval, int? version, CancellationToken ct)
    {
        var step = interval is null
            ? Array.Find(Steps, found => Count(from, to, found.Seconds) <= MostBuckets) is { Seconds: > 0 } short1 ? short1 : Steps[^1]
            : Array.Find(Steps, found => found.Word == interval);
        var rows = await figures.ReadAsync(function.Id, from, to, version, ct);
        var ran = rows.Where(row => !row.IsThrottled).ToList();
        var errors = ran.Count(row => row.IsError);
        var pool = FunctionPool.Of(pools, function.Id);
        return new FunctionReport
        {
            From = from,
            To = to,
            Interval = step.Word,
            Invocations = ran.Count,
            Succeeded = ran.Count - errors,
            Errors = errors,
            Timeouts = ran.Count(row => row.Status == InvocationStatus.Timeout),
            Throttles = rows.Count - ran.Count,
            ErrorRate = Delta.Rate(errors, ran.Count),
            ColdStarts = ran.Count(row => row.ColdStart),
            ColdStartRate = Delta.Rate(ran.Count(row => row.ColdStart), ran.Count),
            Duration = DurationsOf(ran),
            InitDuration = InitsOf(ran),
            Queue = QueueOf(rows),
            Memory = MemoryOf(ran, function.MemoryMb),
            Concurrency = new ConcurrencyFigures(Peak(ran), pool.Busy),
            Pool = new PoolFigures(pool.Warm, pool.Busy),
            GbSeconds = Math.Round(ran.Sum(row => row.GbSeconds), 4),
            Series = SeriesOf(rows, from, to, step.Seconds),
        };
    }

    internal static DurationFigures DurationsOf(IEnumerable<InvocationFigure> rows)
    {
        var sorted = rows.Where(row => row.HasDuration).Select(row => row.DurationMs).Order().ToList();
        return new DurationFigures(
            Figures.Mean(sorted), sorted.Count == 0 ? null : sorted[0], sorted.Count == 0 ? null : sorted[^1],
            Figures.Percentile(sorted, 50), Figures.Percentile(sorted, 90), Figures.Percentile(sorted, 95), Figures.Percentile(sorted, 99));
    }

    /// <summary>How many buckets a range has.</summary>
    public static long Count(DateTimeOffset from, DateTimeOffset to, int seconds) => ((StartOf(to.AddMilliseconds(-1), seconds) - StartOf(from, seconds)) / seconds) + 1;

    private static InitFigures InitsOf(List<InvocationFigure> ran)
    {
        var sorted = ran.Select(row => row.InitDurationMs).OfType<long>().Order().ToList();
        return new InitFigures(Figures.Mean(sorted), Figures.Percentile(sorted, 50), Figures.Percentile(sorted, 95), sorted.Count == 0 ? null : sorted[^1]);
    }

    private static QueueFigures QueueOf(IReadOnlyList<InvocationFigure> rows)
    {
        var sorted = rows.Select(row => row.QueueMs).Order().ToList();
        return new QueueFigures(Figures.Mean(sorted), Figures.Percentile(sorted, 95));
    }

    private static MemoryFigures MemoryOf(List<InvocationFigure> ran, int limit)
    {
        if (ran.Count == 0)
            return new MemoryFigures(null, null, limit, null);
        var most = ran.Max(row => row.MemoryUsedMb);
        return new MemoryFigures(Math.Round(ran.Average(row => row.MemoryUsedMb), 2), most, limit, Math.Round(most * 100.0 / limit, 2));
    }

    // The most that ran at once, by a walk over beginnings and ends.
    private static int Peak(List<InvocationFigure> ran)
    {
        var (most, now) = (0, 0);
        foreach (var (_, change) in ran.SelectMany(row => new[] { (At: row.CreatedAt, Change: 1), (At: row.FinishedAt, Change: -1) }).OrderBy(step => step.At).ThenBy(step => step.Change))
        {
            now += change;
            most = Math.Max(most, now);
        }

        return most;
    }

    private static List<FunctionBucket> SeriesOf(IReadOnlyList<InvocationFigure> rows, DateTimeOffset from, DateTimeOffset to, int seconds)
    {
        var groups = rows.ToLookup(row => StartOf(row.CreatedAt, seconds));
        List<FunctionBucket> series = [];
        for (var start = StartOf(from, seconds); start < to.ToUnixTimeMilliseconds() / 1000.0; start += seconds)
        {
            var bucket = groups[start].ToList();
            var ran = bucket.Where(row => !row.IsThrottled).ToList();
            var durations = DurationsOf(ran);
            series.Add(new FunctionBucket(
                DateTimeOffset.FromUnixTimeSeconds(start), ran.Count, ran.Count(row => row.IsError), bucket.Count - ran.Count, ran.Count(row => row.ColdStart), durations.P50, durations.P95));
        }

        return series;
    }

    private static long StartOf(DateTimeOffset at, int seconds) => at.ToUnixTimeSeconds() / seconds * seconds;
}
