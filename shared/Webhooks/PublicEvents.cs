using System.Collections.Frozen;

namespace Platform.Webhooks;

/// <summary>A type of event that webhooks can be told of.</summary>
/// <param name="Type">Its name for receivers.</param>
/// <param name="Stored">Its name in the event store.</param>
/// <param name="Wrapper">The member of <c>data</c> that holds the facts; null when they are its own members.</param>
public sealed record PublicEvent(string Type, string Stored, string? Wrapper = null)
{
    /// <summary>Only events of this service count: everybody's own can be published by operators.</summary>
    public string? Service { get; init; }

    /// <summary>The member of the facts whose <c>message</c> goes out too: it is the platform's own, or cleaned of secrets.</summary>
    public string? Fault { get; init; }

    /// <summary>The members that go out; null lets <see cref="PublicData"/> choose by its rule.</summary>
    public IReadOnlyList<string>? Fields { get; init; }
}

/// <summary>What of the platform's events is for receivers outside. Everything else stays inside, whatever a webhook subscribes.</summary>
public static class PublicEvents
{
    public const string Everything = "*";
    public const string Test = "webhook.test";

    private const string AllOf = ".*";

    public static IReadOnlyList<PublicEvent> All { get; } =
    [
        .. Plain("build", "build.created", "build.started", "build.completed", "build.cancelled"),
        new("build.failed", "build.failed", "build") { Fault = "failure" },
        .. Plain("function", "function.created"),
        new("function.invoked", "function.invoked"),
        new("function.failed", "function.failed") { Fault = "error" },
        new("deployment.started", "deployment.started", "deployment"),
        new("deployment.completed", "deployment.completed", "deployment") { Fault = "error" },
        .. Plain("member", "team.member.added", "team.member.removed"),
        .. Plain("database", "database.created", "database.deleted"),
        .. Plain("alert", "alert.triggered", "alert.resolved", "alert.sent"),
        .. Plain("webhook", "webhook.disabled"),
        .. Plain("run", "run.queued", "run.started", "run.completed", "run.error", "run.cancelled", "run.blocked"),
        .. Plain("monitor", "monitor.status_changed", "monitor.ssl_expiring"),
        .. Plain("statusPage", "status_page.published"),
        .. Plain("incident", "incident.created", "incident.updated", "incident.resolved"),
        .. Plain("task", "task.created", "task.started", "task.completed", "task.failed", "task.stopped"),
        .. Plain("pullRequest", "pull_request.created", "pull_request.merged", "pull_request.closed", "pull_request.reopened", "pull_request.synced"),
        .. Plain("instance", "instance.status_changed"),
        .. Plain("deployment", "instance.deployment_accepted", "instance.deployment_completed", "instance.deployment_failed"),
        Execution("execution.completed", "execution_completed"),
        Execution("execution.failed", "execution_failed"),
        Execution("execution.timed_out", "execution_timeout"),
        Execution("execution.cancelled", "execution_cancelled"),
    ];

    /// <summary>The stored types that can concern a webhook.</summary>
    public static IReadOnlyCollection<string> StoredTypes => ByStored.Keys;

    private static FrozenDictionary<string, PublicEvent> ByStored { get; } = All.ToFrozenDictionary(entry => entry.Stored, StringComparer.Ordinal);

    private static FrozenDictionary<string, PublicEvent> ByType { get; } = All.ToFrozenDictionary(entry => entry.Type, StringComparer.Ordinal);

    public static PublicEvent? OfStored(string storedType, string service) =>
        OfStored(storedType) is { } entry && (entry.Service is null || entry.Service == service) ? entry : null;

    /// <summary>What events that are stored under the name can be for a webhook; null when none of them concerns one.</summary>
    public static PublicEvent? OfStored(string storedType) => ByStored.GetValueOrDefault(storedType);

    /// <summary>By the name for receivers.</summary>
    public static PublicEvent? Find(string type) => ByType.GetValueOrDefault(type);

    /// <summary>Whether a subscription names a type, or the beginning of one with <c>.*</c>, or everything.</summary>
    public static bool IsPattern(string pattern) => pattern is Everything or Test || ByType.ContainsKey(pattern)
        || (pattern.EndsWith(AllOf, StringComparison.Ordinal) && All.Any(entry => IsBelow(entry.Type, pattern)));

    public static bool Matches(IEnumerable<string> patterns, string type) => patterns.Any(pattern =>
        pattern == Everything || pattern == type || (pattern.EndsWith(AllOf, StringComparison.Ordinal) && IsBelow(type, pattern)));

    /// <summary>A refusal that lists what is known.</summary>
    public static string Explain(string refusal) => $"{refusal}; known are {string.Join(", ", All.Select(entry => entry.Type).Append(Test))}, * and prefixes as build.*";

    private static bool IsBelow(string type, string pattern) => type.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal);

    private static IEnumerable<PublicEvent> Plain(string? wrapper, params string[] types) => types.Select(type => new PublicEvent(type, type, wrapper));

    private static PublicEvent Execution(string type, string stored) => new(type, stored, "execution")
    {
        Service = "execution-service",
        Fields = ["execution_id", "exit_code", "error_type", "timeout_seconds", "previous_status"],
    };
}
