namespace Platform.UserFunctions;

/// <summary>Times of invocations in milliseconds; null where there are none.</summary>
public sealed record DurationFigures(double? Avg, double? Min, double? Max, double? P50, double? P90, double? P95, double? P99);

public sealed record InitFigures(double? Avg, double? P50, double? P95, double? Max);

public sealed record QueueFigures(double? Avg, double? P95);

public sealed record MemoryFigures(double? AvgMb, int? MaxMb, int LimitMb, double? MaxPct);

public sealed record ConcurrencyFigures(int Peak, int Current);

public sealed record PoolFigures(int Warm, int Busy);

/// <summary>One bucket of time.</summary>
public sealed record FunctionBucket(DateTimeOffset Start, long Invocations, long Errors, long Throttles, long ColdStarts, double? P50, double? P95);

/// <summary>Figures of a function's invocations in a range. Concurrency and pool are those of the node that answers, now.</summary>
public sealed record FunctionReport
{
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public required string Interval { get; init; }

    public required long Invocations { get; init; }

    public required long Succeeded { get; init; }

    public required long Errors { get; init; }

    public required long Timeouts { get; init; }

    public required long Throttles { get; init; }

    public required double? ErrorRate { get; init; }

    public required long ColdStarts { get; init; }

    public required double? ColdStartRate { get; init; }

    public required DurationFigures Duration { get; init; }

    public required InitFigures InitDuration { get; init; }

    public required QueueFigures Queue { get; init; }

    public required MemoryFigures Memory { get; init; }

    public required ConcurrencyFigures Concurrency { get; init; }

    public required PoolFigures Pool { get; init; }

    /// <summary>Gibibytes times seconds.</summary>
    public required double GbSeconds { get; init; }

    public required IReadOnlyList<FunctionBucket> Series { get; init; }
}
