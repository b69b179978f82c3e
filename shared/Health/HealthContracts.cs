using System.Text.Json.Serialization;

namespace Platform.Health;

public sealed record Liveness(string Status, long UptimeSeconds, DateTimeOffset Timestamp);

public sealed record Readiness(string Status, IReadOnlyDictionary<string, ReadinessCheck> Checks, DateTimeOffset Timestamp)
{
    public static Readiness From(HealthReport report, bool isReady) => new(
        isReady ? "ready" : "not_ready",
        report.Components.ToDictionary(component => component.Name, ReadinessCheck.From, StringComparer.Ordinal),
        report.CheckedAt);
}

public sealed record ReadinessCheck(
    ComponentStatus Status, long DurationMs, bool Critical, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason)
{
    public static ReadinessCheck From(ComponentState component) =>
        new(component.Status, (long)component.Duration.TotalMilliseconds, component.IsCritical, component.Reason);
}

public sealed record HealthSummary(ComponentStatus Status);

/// <summary>The same report in the words of family checks.</summary>
public sealed record DependencyHealth(string Status, DateTimeOffset Timestamp, long LatencyMs, DependencyChecks Checks)
{
    public static DependencyHealth From(HealthReport report)
    {
        var checks = new DependencyChecks(
            DependencyCheck.From(report, "database"), DependencyCheck.From(report, "event_bus", "orchestrations"), DependencyCheck.From(report, "blob_store"));
        var status = !checks.Database.IsOk ? "unhealthy"
            : !checks.Queue.IsOk || !checks.Storage.IsOk || report.Find("sandbox") is { Status: not ComponentStatus.Healthy } ? "degraded"
            : "ok";
        return new DependencyHealth(status, report.CheckedAt, report.Components.Max(component => (long)component.Duration.TotalMilliseconds), checks);
    }
}

public sealed record DependencyChecks(DependencyCheck Database, DependencyCheck Queue, DependencyCheck Storage);

public sealed record DependencyCheck(string Status, long LatencyMs, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error)
{
    [JsonIgnore]
    public bool IsOk => Error is null;

    public static DependencyCheck From(HealthReport report, params string[] components)
    {
        var found = components.Select(report.Find).OfType<ComponentState>().ToList();
        var latency = found.Max(component => (long)component.Duration.TotalMilliseconds);
        var failed = found.Find(component => component.Status == ComponentStatus.Unhealthy);
        return failed is null
            ? new DependencyCheck("ok", latency, null)
            : new DependencyCheck("error", latency, failed.Reason is "timeout" or "unreachable" ? failed.Reason : "error");
    }
}
