using System.Text.Json;
using Platform.UserSettings;

namespace Platform.Functions.UserSettings;

/// <summary>A user's settings.</summary>
public sealed record UserSettingsView(
    Guid UserId,
    SettingsTheme Theme,
    string Timezone,
    string DateFormat,
    string TimeFormat,
    NotificationSettings Notifications,
    EditorSettings Editor,
    IReadOnlyDictionary<string, JsonElement> CustomSettings,
    long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static Result<UserSettingsView> Of(Result<VersionedSettings> result) => result.IsOk ? Of(result.Value) : result.Error;

    public static UserSettingsView Of(VersionedSettings versioned)
    {
        var settings = versioned.Settings;
        return new(
            versioned.UserId,
            settings.Theme,
            settings.Timezone,
            settings.DateFormat,
            settings.TimeFormat,
            settings.Notifications,
            settings.Editor,
            settings.CustomSettings,
            versioned.Version,
            versioned.CreatedAt,
            versioned.UpdatedAt);
    }
}
