namespace Platform.Metrics;

/// <summary>Figures of the points of some series over a whole range.</summary>
public sealed class MetricSummaries(AggregateMetrics aggregates)
{
    /// <summary>Of the platform's own series of a name.</summary>
    public Task<Result<MetricSummary>> PlatformAsync(Guid projectId, string name, MetricRange range, IReadOnlyList<string> words, CancellationToken ct) =>
        ReadAsync(new SeriesFilter { ProjectId = projectId, Names = [name], Sources = [MetricSource.Platform] }, range, words, ct);

    /// <param name="series">Which points count.</param>
    /// <param name="range">When.</param>
    /// <param name="words">Aggregations: <c>avg</c>, <c>p95</c>, ….</param>
    public async Task<Result<MetricSummary>> ReadAsync(SeriesFilter series, MetricRange range, IReadOnlyList<string> words, CancellationToken ct)
    {
        var report = await aggregates.RunAsync(new AggregateQuery(series, range, [.. words.Select(word => Aggregation.Parse(word)!.Value)]), ct);
        return report.IsOk ? new MetricSummary(report.Value.Groups[0].Values) : report.Error;
    }
}

/// <summary>Values by the words of their aggregations.</summary>
public sealed record MetricSummary(IReadOnlyDictionary<string, double?> Values)
{
    /// <summary>Null where no point is.</summary>
    public double? this[string word] => Values[word];

    /// <summary>A whole number; 0 where no point is.</summary>
    public long Whole(string word) => (long)Math.Round(Values[word] ?? 0);

    /// <summary>Milliseconds as a whole number.</summary>
    public long? Ms(string word) => Values[word] is { } value ? (long)Math.Round(value) : null;
}
