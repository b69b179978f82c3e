using System.Globalization;
using Platform.Data;
using Platform.Events;
using Platform.Metrics;

namespace Platform.UserFunctions;

/// <summary>What the platform tells of an invocation elsewhere: an event, and points of metrics.</summary>
internal static class InvocationFacts
{
    private const string Type = "function";

    public static DomainEvent EventOf(FunctionInvocation record, string name, string? correlationId) => record.Status == InvocationStatus.Success
        ? new FunctionInvoked(record.FunctionId, name, record.Id, record.VersionNumber, record.DurationMs, record.ColdStart)
        {
            OwnerId = record.CallerId,
            OrganizationId = record.OrganizationId,
            ProjectId = record.ProjectId,
            CorrelationId = correlationId,
        }
        : new FunctionFailed(record.FunctionId, name, record.Id, record.VersionNumber, record.Status, record.DurationMs, record.ColdStart)
        {
            OwnerId = record.CallerId,
            OrganizationId = record.OrganizationId,
            ProjectId = record.ProjectId,
            CorrelationId = correlationId,
        };

    public static IEnumerable<MetricDraft> PointsOf(FunctionInvocation record, string name)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["functionId"] = record.FunctionId.ToString(),
            ["function"] = name,
            ["version"] = record.VersionNumber.ToString(CultureInfo.InvariantCulture),
            ["status"] = EnumWords<InvocationStatus>.ToWord(record.Status),
            ["coldStart"] = record.ColdStart ? "true" : "false",
        };
        if (record.Status == InvocationStatus.Throttled)
        {
            yield return Count("function.throttles");
            yield break;
        }

        yield return Count("function.invocations");
        yield return Gauge("function.duration", record.DurationMs, "ms");
        yield return Gauge("function.memory", record.MemoryUsedMb, "MB");
        if (record.InitDurationMs is { } init)
            yield return Gauge("function.init_duration", init, "ms");
        if (record.Status != InvocationStatus.Success)
            yield return Count("function.errors");

        MetricDraft Count(string series) => new(series, 1) { Type = Type, Kind = MetricKind.Counter, Tags = tags, Timestamp = record.FinishedAt, Source = MetricSource.Platform };

        MetricDraft Gauge(string series, double value, string unit) => new(series, value) { Type = Type, Unit = unit, Tags = tags, Timestamp = record.FinishedAt, Source = MetricSource.Platform };
    }
}
