using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Platform.Notifications;

namespace Platform.UserSettings;

public enum SettingsTheme
{
    Light,
    Dark,
    Auto,
}

/// <summary>What a user has set, at one version. What he has never set has its default.</summary>
public sealed record SettingsDocument
{
    public SettingsTheme Theme { get; init; } = SettingsTheme.Auto;

    /// <summary>IANA name.</summary>
    public string Timezone { get; init; } = "UTC";

    public string DateFormat { get; init; } = "YYYY-MM-DD";

    public string TimeFormat { get; init; } = "24h";

    public NotificationSettings Notifications { get; init; } = new();

    public EditorSettings Editor { get; init; } = new();

    /// <summary>JSON objects of clients by their keys; the platform does not read them.</summary>
    public IReadOnlyDictionary<string, JsonElement> CustomSettings { get; init; } = new Dictionary<string, JsonElement>();
}

/// <summary>What a user is told of, and where.</summary>
public sealed record NotificationSettings
{
    public bool ExecutionCompleted { get; init; } = true;

    /// <summary>Failed and timed out executions.</summary>
    public bool ExecutionFailed { get; init; } = true;

    public bool SystemUpdates { get; init; } = true;

    public bool SecurityAlerts { get; init; } = true;

    [MaxLength(3)]
    public IReadOnlyList<NotificationChannel> Channels { get; init; } = [NotificationChannel.InApp];
}

/// <summary>How the editor looks. Members that cannot be set are the same for everybody.</summary>
public sealed record EditorSettings
{
    [StringLength(64, MinimumLength = 1), PlainText]
    public string Theme { get; init; } = "one-dark";

    [Range(8, 32)]
    public int FontSize { get; init; } = 14;

    [AllowedValues(2, 4, 8)]
    public int TabSize { get; init; } = 4;

    public bool UseTabs { get; init; }

    public bool WordWrap { get; init; } = true;

    public bool ShowLineNumbers { get; init; } = true;

    public string FontFamily => "Monaco, Consolas, 'Courier New', monospace";

    public bool AutoComplete => true;

    public bool BracketMatching => true;

    public bool HighlightActiveLine => true;

    public string DefaultLanguage => "python";
}

/// <summary>A user's settings with the version that a change of them is held against.</summary>
public sealed record VersionedSettings(Guid UserId, SettingsDocument Settings, long Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);
