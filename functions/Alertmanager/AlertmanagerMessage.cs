using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Platform.Alertmanager;
using Platform.Notifications;

namespace Platform.Functions.Alertmanager;

/// <summary>A message of Alertmanager (webhook version 4). Its names, or the same in snake_case.</summary>
public sealed record AlertmanagerMessage
{
    private const int MaxAlerts = 500;
    private const int MaxText = 500;

    /// <summary>Of the format.</summary>
    public string? Version { get; init; }

    [JsonPropertyName("groupKey")]
    public string? GroupKey { get; init; }

    [JsonPropertyName("group_key")]
    public string? SnakeGroupKey { get; init; }

    /// <summary>How many alerts the sender has left out.</summary>
    [JsonPropertyName("truncatedAlerts")]
    public long? TruncatedAlerts { get; init; }

    [JsonPropertyName("truncated_alerts")]
    public long? SnakeTruncatedAlerts { get; init; }

    /// <summary>Of the group; alerts without a status of their own have it.</summary>
    public required AlertStatus Status { get; init; }

    public string? Receiver { get; init; }

    [JsonPropertyName("groupLabels")]
    public IReadOnlyDictionary<string, string>? GroupLabels { get; init; }

    [JsonPropertyName("group_labels")]
    public IReadOnlyDictionary<string, string>? SnakeGroupLabels { get; init; }

    [JsonPropertyName("commonLabels")]
    public IReadOnlyDictionary<string, string>? CommonLabels { get; init; }

    [JsonPropertyName("common_labels")]
    public IReadOnlyDictionary<string, string>? SnakeCommonLabels { get; init; }

    [JsonPropertyName("commonAnnotations")]
    public IReadOnlyDictionary<string, string>? CommonAnnotations { get; init; }

    [JsonPropertyName("common_annotations")]
    public IReadOnlyDictionary<string, string>? SnakeCommonAnnotations { get; init; }

    [JsonPropertyName("externalURL")]
    public string? ExternalUrl { get; init; }

    [JsonPropertyName("external_url")]
    public string? SnakeExternalUrl { get; init; }

    [MaxLength(MaxAlerts)]
    public required IReadOnlyList<AlertmanagerAlert> Alerts { get; init; }

    internal AlertGroup ToGroup()
    {
        List<IncomingAlert> good = [];
        List<string> errors = [];
        foreach (var alert in Alerts)
        {
            var read = alert.Read(Status, CommonLabels ?? SnakeCommonLabels);
            if (read.IsOk)
                good.Add(read.Value);
            else
                errors.Add($"Failed to process alert {Excerpt.Of(alert.Fingerprint ?? "unknown", IncomingAlert.MaxFingerprint)}: {read.Error.Message}");
        }

        return new AlertGroup(Cut(Receiver), Cut(GroupKey ?? SnakeGroupKey), Alerts.Count, good, errors);
    }

    private static string? Cut(string? text) => text is null ? null : Excerpt.Of(text, MaxText);
}
