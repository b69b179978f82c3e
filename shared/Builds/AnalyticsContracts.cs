using System.ComponentModel.DataAnnotations;

namespace Platform.Builds;

/// <summary>Query of <c>GET /api/builds/{buildId}/analytics</c>.</summary>
public sealed record BuildAnalyticsQuery : IValidatableObject
{
    private const int MostDays = 90;

    /// <summary>The time until now, at most <c>90d</c>.</summary>
    [RegularExpression("[1-9][0-9]{0,5}[mhd]")]
    public string Period { get; init; } = "30d";

    /// <summary>Absent: the build's branch; <c>*</c>: all.</summary>
    [StringLength(255)]
    public string? Branch { get; init; }

    /// <summary>Absent: all.</summary>
    public BuildEnvironment? Environment { get; init; }

    internal TimeSpan Length => int.Parse(Period.AsSpan(0, Period.Length - 1), System.Globalization.CultureInfo.InvariantCulture) * (Period[^1] switch
    {
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    });

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Length > TimeSpan.FromDays(MostDays))
            yield return new ValidationResult($"The period should be at most {MostDays}d", [nameof(Period)]);
    }
}

/// <summary>Builds by how they ended.</summary>
public sealed record BuildTotals(int Count, int Succeeded, int Failed, int TimedOut, int Cancelled);

/// <summary>Milliseconds.</summary>
public sealed record DurationFigures(long? Avg, long? Min, long? Max, long? P50, long? P90, long? P95, long? P99);

/// <summary>Milliseconds.</summary>
public sealed record QueueFigures(long? Avg, long? P50, long? P95);

/// <param name="Share">Of the failures, 0 to 1.</param>
public sealed record FailureReason(BuildFailureCode Code, string? StepName, int Count, double Share);

public sealed record StepHistory(string Name, int Runs, double? FailureRate, long? P50, long? P95);

public sealed record TrendDay(DateTimeOffset Start, int Total, int Succeeded, int Failed, double? SuccessRate, long? P50, long? P95);

/// <summary>The period before, and by how many percent the figures have changed since.</summary>
public sealed record PreviousPeriod(BuildTotals Totals, double? SuccessRate, long? P50, PeriodChange DeltaPct);

public sealed record PeriodChange(double? Count, double? SuccessRate, double? P50);

public sealed record SlowerStep(string Name, long DurationMs, long P50);

/// <param name="DurationRankPct">Percent of the successes that were not slower.</param>
public sealed record BuildComparison(double? DurationRankPct, double? VsMedianPct, bool Slow, IReadOnlyList<SlowerStep> SlowerSteps);

/// <summary>The history of a project's builds, seen from one of them. Durations are of builds that succeeded.</summary>
public sealed record BuildAnalytics(
    DateTimeOffset From,
    DateTimeOffset To,
    string? Branch,
    BuildEnvironment? Environment,
    BuildTotals Totals,
    double? SuccessRate,
    DurationFigures Duration,
    QueueFigures Queue,
    double PerDay,
    long? MeanTimeToRecoveryMs,
    IReadOnlyList<FailureReason> FailureReasons,
    double? Flakiness,
    IReadOnlyList<StepHistory> Steps,
    IReadOnlyList<TrendDay> Trend,
    PreviousPeriod Previous,
    BuildComparison ThisBuild);
