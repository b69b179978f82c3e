using System.Diagnostics.Metrics;

namespace Platform.Databases;

/// <summary>Figures of the meter <c>Platform.Databases</c>.</summary>
public sealed class DatabaseMetrics : IDisposable
{
    public const string MeterName = "Platform.Databases";

    /// <summary>Queries that ended, by <c>outcome</c>: <c>ok</c>, or the code of the refusal.</summary>
    public const string QueriesName = "database.query_count";

    /// <summary>Milliseconds that queries took.</summary>
    public const string DurationName = "database.query_duration";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _queries;
    private readonly Histogram<double> _duration;

    public DatabaseMetrics()
    {
        _queries = _meter.CreateCounter<long>(QueriesName);
        _duration = _meter.CreateHistogram<double>(DurationName, "ms");
    }

    public void Queried(string outcome, TimeSpan took)
    {
        _queries.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        _duration.Record(took.TotalMilliseconds);
    }

    public void Dispose() => _meter.Dispose();
}
