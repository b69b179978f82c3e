namespace Platform.UserFunctions;

/// <summary>Figures of a period and how they differ from the period before, in percent.</summary>
public sealed record FunctionTotals(long Invocations, long Errors, double? ErrorRate, double? P50, double? P95);

public sealed record TotalsDelta(double? Invocations, double? Errors, double? ErrorRate, double? P50, double? P95);

public sealed record PreviousTotals(long Invocations, long Errors, double? ErrorRate, double? P50, double? P95, TotalsDelta DeltaPct);

public sealed record VersionFigures(int Version, long Invocations, double? ErrorRate, double? P50, double? P95, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

public sealed record HourFigures(int Hour, long Invocations, long Errors);

/// <summary>Invocations that took at most <paramref name="UpperBoundMs"/> and more than the bound before; null: no bound.</summary>
public sealed record LatencyBucket(int? UpperBoundMs, long Count);

public sealed record ErrorFigures(string Fingerprint, string Type, string Message, long Count, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, Guid SampleInvocationId);

public sealed record CallerFigures(Guid? CallerId, long Invocations, long Errors);

public sealed record CostFigures(double GbSeconds, long Invocations);

public sealed record DeploymentMarker(Guid Id, int Version, DeploymentStatus Status, DeploymentReason Reason, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt);

/// <param name="SavedByWarmMs">Warm invocations times the median of starts.</param>
public sealed record ColdStartFigures(double? Rate, double? SavedByWarmMs);

/// <summary>How a function has done in a period.</summary>
public sealed record FunctionAnalysis
{
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public required FunctionTotals Totals { get; init; }

    public required PreviousTotals Previous { get; init; }

    public required IReadOnlyList<VersionFigures> ByVersion { get; init; }

    /// <summary>By the hour of the day, UTC.</summary>
    public required IReadOnlyList<HourFigures> ByHourOfDay { get; init; }

    public required IReadOnlyList<LatencyBucket> LatencyHistogram { get; init; }

    public required IReadOnlyList<ErrorFigures> TopErrors { get; init; }

    public required IReadOnlyList<CallerFigures> TopCallers { get; init; }

    public required double? Availability { get; init; }

    public required CostFigures Cost { get; init; }

    public required IReadOnlyList<DeploymentMarker> Deployments { get; init; }

    public required ColdStartFigures ColdStart { get; init; }
}
