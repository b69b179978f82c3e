using System.Globalization;
using Platform.Data;
using Platform.Events;
using Platform.Metrics;

namespace Platform.UserFunctions;

/// <summary>What the platform tells of an invocation elsewhere: an event, and points of metrics.</summary>
internal static class InvocationFacts
{
    private const string Type = "function";

    public static DomainEvent EventOf(FunctionInvocation record, string name, string? correlationId)
    {
        DomainEvent told = record.Status == InvocationStatus.Success
            ? new FunctionInvoked(record.FunctionId, name, record.Id, record.VersionNumber, record.Status, record.DurationMs, record.ColdStart)
            : new FunctionFailed(
                record.FunctionId, name, record.Id, record.VersionNumber, record.Status, record.DurationMs, record.ColdStart, record.Error is { } error ? new EventError(error.Type, error.Message) : null);
        return told with { OwnerId = record.CallerId, OrganizationId = record.OrganizationId, ProjectId = record.ProjectId, CorrelationId = correlationId };
    }

    /// <summary>Points of a function's invocations. Those of a second that are of one kind are counted by one point; durations and memory have a point each, for percentiles are made of them.</summary>
    public static IEnumerable<MetricDraft> PointsOf(IEnumerable<FunctionInvocation> records, string name) =>
        from record in records
        group record by (record.VersionNumber, record.Status, record.ColdStart, record.FinishedAt.ToUnixTimeSeconds()) into alike
        from point in PointsOf([.. alike], name)
        select point;

    private static List<MetricDraft> PointsOf(List<FunctionInvocation> alike, string name)
    {
        var (first, last) = (alike[0], alike.Max(record => record.FinishedAt));
        var tags = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["functionId"] = first.FunctionId.ToString(),
            ["function"] = name,
            ["version"] = first.VersionNumber.ToString(CultureInfo.InvariantCulture),
            ["status"] = EnumWords<InvocationStatus>.ToWord(first.Status),
            ["coldStart"] = first.ColdStart ? "true" : "false",
        };
        if (first.Status == InvocationStatus.Throttled)
            return [Count("function.throttles")];
        List<MetricDraft> points = [Count("function.invocations")];
        if (first.Status != InvocationStatus.Success)
            points.Add(Count("function.errors"));
        foreach (var record in alike)
        {
            points.Add(Gauge("function.duration", record.DurationMs, "ms", record.FinishedAt));
            points.Add(Gauge("function.memory", record.MemoryUsedMb, "MB", record.FinishedAt));
            if (record.InitDurationMs is { } init)
                points.Add(Gauge("function.init_duration", init, "ms", record.FinishedAt));
        }

        return points;

        MetricDraft Count(string series) => new(series, alike.Count) { Type = Type, Kind = MetricKind.Counter, Tags = tags, Timestamp = last, Source = MetricSource.Platform };

        MetricDraft Gauge(string series, double value, string unit, DateTimeOffset at) => new(series, value) { Type = Type, Unit = unit, Tags = tags, Timestamp = at, Source = MetricSource.Platform };
    }
}
