using System.Globalization;
using System.Xml;
using EmbeddedFunctions.Startup;
using Microsoft.Extensions.Configuration;

namespace EmbeddedFunctions.Broker.Entities;

/// <summary>What the configuration says of a queue, topic or subscription; null for the default. Durations are hh:mm:ss or ISO 8601.</summary>
internal sealed record EntityProperties
{
    public TimeSpan? LockDuration { get; init; }

    public int? MaxDeliveryCount { get; init; }

    /// <summary>How long a message lives at most.</summary>
    public TimeSpan? DefaultMessageTimeToLive { get; init; }

    public bool DeadLetteringOnMessageExpiration { get; init; }

    public bool RequiresDuplicateDetection { get; init; }

    public TimeSpan DuplicateDetectionHistoryTimeWindow { get; init; } = TimeSpan.FromMinutes(10);

    public bool RequiresSession { get; init; }

    public static EntityProperties From(IConfigurationSection section)
    {
        var defaults = new EntityProperties();
        return new EntityProperties
        {
            LockDuration = Duration(section, nameof(LockDuration)),
            MaxDeliveryCount = Count(section, nameof(MaxDeliveryCount)),
            DefaultMessageTimeToLive = Duration(section, nameof(DefaultMessageTimeToLive)),
            DeadLetteringOnMessageExpiration = Flag(section, nameof(DeadLetteringOnMessageExpiration)),
            RequiresDuplicateDetection = Flag(section, nameof(RequiresDuplicateDetection)),
            DuplicateDetectionHistoryTimeWindow = Duration(section, nameof(DuplicateDetectionHistoryTimeWindow)) ?? defaults.DuplicateDetectionHistoryTimeWindow,
            RequiresSession = Flag(section, nameof(RequiresSession)),
        };
    }

    private static TimeSpan? Duration(IConfigurationSection section, string key)
    {
        if (section[key] is not ['P', ..] iso)
            return string.IsNullOrEmpty(section[key]) ? null : HostJsonOptions.Duration(section, key, default);
        try
        {
            return XmlConvert.ToTimeSpan(iso) is var value && value > TimeSpan.Zero ? value : throw new FormatException();
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new InvalidOperationException($"'{section.Path}:{key}' is '{iso}'; it must be a duration above zero.", e);
        }
    }

    private static int? Count(IConfigurationSection section, string key)
    {
        if (section[key] is not { Length: > 0 } text)
            return null;
        return int.TryParse(text, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : throw new InvalidOperationException($"'{section.Path}:{key}' is '{text}'; it must be a number from 1.");
    }

    private static bool Flag(IConfigurationSection section, string key)
    {
        if (section[key] is not { Length: > 0 } text)
            return false;
        return bool.TryParse(text, out var value) ? value : throw new InvalidOperationException($"'{section.Path}:{key}' is '{text}'; it must be true or false.");
    }
}
