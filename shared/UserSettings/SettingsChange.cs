using System.Text.Json;

namespace Platform.UserSettings;

/// <summary>One field that an event changes; null where a custom setting is or was absent.</summary>
/// <param name="FieldPath">The top-level name, or <c>custom_settings.{key}</c>.</param>
public sealed record SettingsChange(string FieldPath, JsonElement? OldValue, JsonElement? NewValue, DateTimeOffset ChangedAt, string? ChangeReason);
