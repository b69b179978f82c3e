using System.Text;
using System.Text.Json;
using Platform.Notifications;

namespace Platform.Alertmanager;

/// <summary>What users are told of an alert (executions.md §3.15). Plain text of bounded length.</summary>
internal static class AlertNotice
{
    public const string EntityType = "alertmanager_alert";

    private const int MaxName = 100;
    private const int MaxBody = 4000;
    private static readonly string[] Shown = ["alertname", "severity"];

    /// <summary>Of the alert's firing, or of its end.</summary>
    public static Notice Of(AlertState state, bool resolved, AlertTarget target, string? correlationId)
    {
        var name = Excerpt.Of(Line(Value(state.Labels, "alertname") ?? "Unknown Alert"), MaxName);
        return new Notice(target.UserId, target.OrganizationId, TypeOf(state, resolved), resolved ? NotificationSeverity.Low : SeverityOf(state.Severity), resolved ? $"✅ Resolved: {name}" : $"🚨 Alert: {name}", BodyOf(state))
        {
            Tags = ["external_alert", "alertmanager", "entity:external_alert", $"alert:{name}", resolved ? "resolved" : "firing"],
            Metadata = MetadataOf(state, resolved, correlationId),
            RelatedEntityId = state.Fingerprint,
            RelatedEntityType = EntityType,
            IsAlert = true,
        };
    }

    /// <summary>What has become known of the alert after the message of which the notifications of this cause tell: its end, or that it has come again.</summary>
    public static Dictionary<string, JsonElement> Known(AlertState state, Guid? causeId)
    {
        if (causeId == state.Id && state.Status == AlertStatus.Resolved)
            return Facts(("resolved_at", WireTime.ToText(state.ResolvedAt!.Value)));
        return causeId == state.CauseId && state.Count > 1
            ? Facts(("repeat_count", state.Count - 1), ("last_received_at", WireTime.ToText(state.LastReceivedAt)))
            : [];
    }

    internal static NotificationSeverity SeverityOf(string word) => word switch
    {
        "critical" or "error" => NotificationSeverity.High,
        "info" => NotificationSeverity.Low,
        _ => NotificationSeverity.Medium,
    };

    private static NotificationType TypeOf(AlertState state, bool resolved)
    {
        if (Value(state.Labels, "category") == "security")
            return NotificationType.SecurityAlert;
        return resolved ? NotificationType.SystemUpdate : NotificationType.SystemAlert;
    }

    private static string BodyOf(AlertState state)
    {
        var body = new StringBuilder(Plain(Value(state.Annotations, "summary") ?? "Alert triggered"));
        if (Value(state.Annotations, "description") is { } description)
            body.Append("\n\n").Append(Plain(description));
        var labels = state.Labels.Where(label => !Shown.Contains(label.Key)).OrderBy(label => label.Key, StringComparer.Ordinal).ToList();
        if (labels.Count > 0)
            body.Append("\n\nLabels:");
        foreach (var (key, value) in labels)
            body.Append('\n').Append(Line(key)).Append(": ").Append(Line(value));
        return Excerpt.Of(body.ToString(), MaxBody);
    }

    private static Dictionary<string, JsonElement> MetadataOf(AlertState state, bool resolved, string? correlationId)
    {
        var facts = Facts(
            ("alert_fingerprint", state.Fingerprint),
            ("alert_status", resolved ? "resolved" : "firing"),
            ("severity", state.Severity),
            ("generator_url", state.GeneratorUrl),
            ("starts_at", WireTime.ToText(state.StartsAt)),
            ("ends_at", state.EndsAt is { } end ? WireTime.ToText(end) : null),
            ("receiver", state.Receiver),
            ("group_key", state.GroupKey),
            ("correlation_id", correlationId));
        foreach (var (name, value) in Known(state, resolved ? state.ResolutionId : state.Id))
            facts[name] = value;
        return facts;
    }

    private static Dictionary<string, JsonElement> Facts(params (string Name, object? Value)[] facts) =>
        facts.ToDictionary(fact => fact.Name, fact => JsonSerializer.SerializeToElement(fact.Value), StringComparer.Ordinal);

    private static string? Value(IReadOnlyDictionary<string, string> map, string name) => map.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private static string Line(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static string Plain(string text) => string.Concat(text.Where(c => c == '\n' || !char.IsControl(c)));
}
