using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Platform.Alertmanager;
using Platform.Data;
using Platform.Notifications;

namespace Platform.Functions.Alertmanager;

/// <summary>One alert of a message. What is wrong with one does not keep the others back, so its values are looked at one by one.</summary>
public sealed partial record AlertmanagerAlert
{
    private const string DefaultSeverity = "warning";
    private const int FirstYear = 1;
    private const int MaxWord = 64;
    private const int MaxUrl = 2048;

    private static readonly Dictionary<string, string> Nothing = [];

    /// <summary><c>firing</c> or <c>resolved</c>; the group's when it is left out.</summary>
    public string? Status { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>RFC 3339, with up to nanoseconds.</summary>
    [JsonPropertyName("startsAt")]
    public string? StartsAt { get; init; }

    [JsonPropertyName("starts_at")]
    public string? SnakeStartsAt { get; init; }

    /// <summary>A time of the year 1 stands for none.</summary>
    [JsonPropertyName("endsAt")]
    public string? EndsAt { get; init; }

    [JsonPropertyName("ends_at")]
    public string? SnakeEndsAt { get; init; }

    [JsonPropertyName("generatorURL")]
    public string? GeneratorUrl { get; init; }

    [JsonPropertyName("generator_url")]
    public string? SnakeGeneratorUrl { get; init; }

    /// <summary>Of the labels; worked out when it is left out.</summary>
    public string? Fingerprint { get; init; }

    internal Result<IncomingAlert> Read(AlertStatus groupStatus, IReadOnlyDictionary<string, string>? commonLabels)
    {
        var status = groupStatus;
        if (Status is not null && !EnumWords<AlertStatus>.TryParse(Status, out status))
            return Bad("status is neither firing nor resolved");
        if (Fingerprint is { Length: > IncomingAlert.MaxFingerprint })
            return Bad("fingerprint is too long");
        if (!TryTime(StartsAt ?? SnakeStartsAt, out var start) || start is null)
            return Bad("startsAt is not a time");
        if (!TryTime(EndsAt ?? SnakeEndsAt, out var end))
            return Bad("endsAt is not a time");

        var labels = Labels ?? Nothing;
        var severity = Excerpt.Of((Value(labels, "severity") ?? Value(commonLabels, "severity") ?? DefaultSeverity).ToLowerInvariant(), MaxWord);
        var fingerprint = Fingerprint is { Length: > 0 } given ? given : IncomingAlert.FingerprintOf(labels);
        return new IncomingAlert(fingerprint, status, start.Value, end, labels, Annotations ?? Nothing, severity, (GeneratorUrl ?? SnakeGeneratorUrl) is { } url ? Excerpt.Of(url, MaxUrl) : null);
    }

    private static Error Bad(string reason) => Error.Invalid("alert.invalid", reason);

    private static string? Value(IReadOnlyDictionary<string, string>? labels, string name) =>
        labels is not null && labels.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private static bool TryTime(string? text, out DateTimeOffset? time)
    {
        time = null;
        if (string.IsNullOrEmpty(text))
            return true;
        if (!WireTime.TryParse(FinerThanTicks().Replace(text, "${kept}"), out var found))
            return false;
        time = found.Year == FirstYear ? null : found;
        return true;
    }

    // .NET reads seven digits of a second.
    [GeneratedRegex(@"(?<kept>\.[0-9]{7})[0-9]+", RegexOptions.ExplicitCapture)]
    private static partial Regex FinerThanTicks();
}
