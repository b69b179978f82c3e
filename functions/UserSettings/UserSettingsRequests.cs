using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Platform.UserSettings;

namespace Platform.Functions.UserSettings;

/// <summary>What to change of the settings; null leaves as it is.</summary>
public sealed record UserSettingsRequest : IValidatableObject
{
    public SettingsTheme? Theme { get; init; }

    /// <summary>IANA name.</summary>
    [TimeZoneName]
    public string? Timezone { get; init; }

    [AllowedValues("YYYY-MM-DD", "MM/DD/YYYY", "DD/MM/YYYY", "DD.MM.YYYY", null)]
    public string? DateFormat { get; init; }

    [AllowedValues("24h", "12h", null)]
    public string? TimeFormat { get; init; }

    /// <summary>Replaces the whole group; members left out take their defaults.</summary>
    public NotificationSettings? Notifications { get; init; }

    /// <inheritdoc cref="Notifications"/>
    public EditorSettings? Editor { get; init; }

    /// <summary>Replaces the whole map.</summary>
    public IReadOnlyDictionary<string, JsonElement>? CustomSettings { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Platform.UserSettings.CustomSettings.Check(CustomSettings, nameof(CustomSettings));

    public SettingsDocument ApplyTo(SettingsDocument settings) => settings with
    {
        Theme = Theme ?? settings.Theme,
        Timezone = Timezone ?? settings.Timezone,
        DateFormat = DateFormat ?? settings.DateFormat,
        TimeFormat = TimeFormat ?? settings.TimeFormat,
        Notifications = Notifications ?? settings.Notifications,
        Editor = Editor ?? settings.Editor,
        CustomSettings = CustomSettings ?? settings.CustomSettings,
    };
}

/// <summary>Body of <c>PUT /user/settings/theme</c>.</summary>
public sealed record ThemeRequest(SettingsTheme Theme);

/// <summary>Body of <c>POST /user/settings/restore</c>.</summary>
public sealed record RestoreSettingsRequest(DateTimeOffset Timestamp, [property: StringLength(500), PlainText] string? Reason);

/// <summary>Query of <c>GET /user/settings/history</c>.</summary>
public sealed record SettingsHistoryQuery
{
    /// <summary>Most rows in the answer.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;
}

/// <summary>A custom setting in the path and the body.</summary>
internal static class CustomSettingRequests
{
    public static Result<Func<SettingsDocument, Result<SettingsDocument>>> ToChange(string key, Dictionary<string, JsonElement> value)
    {
        if (!CustomSettings.IsKey(key))
            return Error.Invalid(new Problem(["path", "key"], $"String should match pattern '{CustomSettings.KeyPattern}'", "string_pattern_mismatch"));
        var element = JsonSerializer.SerializeToElement(value, WireJson.Snake.Writing);
        if (CustomSettings.Refuse(element) is { } refusal)
            return Error.Invalid(new Problem(["body"], refusal, "value_error"));
        return (Func<SettingsDocument, Result<SettingsDocument>>)(settings => With(settings, key, element));
    }

    private static Result<SettingsDocument> With(SettingsDocument settings, string key, JsonElement value)
    {
        var custom = new Dictionary<string, JsonElement>(settings.CustomSettings, StringComparer.Ordinal) { [key] = value };
        return custom.Count > CustomSettings.MaxKeys
            ? Error.Invalid(new Problem(["path", "key"], $"At most {CustomSettings.MaxKeys} custom settings are kept", "value_error"))
            : settings with { CustomSettings = custom };
    }
}
