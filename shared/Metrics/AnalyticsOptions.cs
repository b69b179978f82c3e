using System.ComponentModel.DataAnnotations;

namespace Platform.Metrics;

/// <summary>Section <c>Analytics</c>: limits of metrics. How long points are kept is a setting of the platform (<c>metrics_retention_days</c>).</summary>
public sealed class AnalyticsOptions
{
    public const string Section = "Analytics";

    /// <summary>Different names with tags that a project may have points of; as many again of the platform's own.</summary>
    [Range(1, 1_000_000)]
    public int MaxSeriesPerProject { get; init; } = 10_000;

    /// <summary>Points that one query of aggregates may match.</summary>
    [Range(1, 100_000_000)]
    public int MaxPointsPerQuery { get; init; } = 1_000_000;

    /// <summary>How long an answer is kept for others who ask the same; 0 keeps none.</summary>
    [Range(0, 300)]
    public int CacheSeconds { get; init; } = 15;
}
