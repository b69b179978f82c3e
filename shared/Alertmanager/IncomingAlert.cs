using System.Security.Cryptography;
using System.Text;
using Platform.Data;

namespace Platform.Alertmanager;

/// <summary>One alert of a message, in the form in which it is kept.</summary>
public sealed record IncomingAlert(
    string Fingerprint, AlertStatus Status, DateTimeOffset StartsAt, DateTimeOffset? EndsAt, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations,
    string Severity, string? GeneratorUrl)
{
    public const int MaxFingerprint = 128;

    private const int HashLength = 16;

    /// <summary>As the databases keep it, so that a beginning that was read back is the same.</summary>
    public DateTimeOffset StartsAt { get; init; } = UtcMillisecondsConverter.Truncate(StartsAt);

    /// <summary>For senders that give no fingerprint: the labels in order.</summary>
    public static string FingerprintOf(IReadOnlyDictionary<string, string> labels)
    {
        var text = string.Join('\n', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashLength];
    }
}

/// <summary>The alerts of one message.</summary>
/// <param name="Received">How many the message had.</param>
/// <param name="Errors">Why some of them are not among <paramref name="Alerts"/>.</param>
public sealed record AlertGroup(string? Receiver, string? GroupKey, int Received, IReadOnlyList<IncomingAlert> Alerts, IReadOnlyList<string> Errors);

/// <summary>What became of a message: its alerts are noted, telling users goes on by itself.</summary>
public sealed record AlertReceipt(string Message, int AlertsReceived, int AlertsProcessed, IReadOnlyList<string> Errors);
