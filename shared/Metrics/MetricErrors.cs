namespace Platform.Metrics;

/// <summary>Refusals about metrics.</summary>
public static class MetricErrors
{
    public static readonly Error Reserved = Error.Invalid("metric.reserved_metric", "Names that begin with 'platform.' and the platform's own types are reserved");
    public static readonly Error BadTime = Error.Invalid(Problem.Body("timestamp", "The timestamp should lie between 7 days ago and 10 minutes from now", "value_error"));
    public static readonly Error RateOfGauge = Error.Invalid("metric.rate_of_gauge", "A rate is worked out of counters; the query matches a gauge");
    public static readonly Error TooManyBuckets = Error.Invalid("metric.too_many_buckets", "The range has more than 1500 buckets of this interval");

    public static Error SeriesLimit(int maximum) => Error.Conflict("metric.series_limit", $"A project can have at most {maximum} different series");

    public static Error QueryTooLarge(int maximum) => Error.Invalid("metric.query_too_large", $"The query matches more than {maximum} points, or takes too long");
}
