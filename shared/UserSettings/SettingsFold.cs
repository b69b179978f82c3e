using System.Text.Json;
using Platform.Data;

namespace Platform.UserSettings;

/// <summary>
/// Works on settings field by field. Changes applied in their order lead from one state to a later one; undone from the last to the first they lead back.
/// </summary>
internal static class SettingsFold
{
    private const string Custom = "custom_settings";
    private const string CustomPrefix = $"{Custom}.";

    public static SettingsDocument Apply(SettingsDocument before, IEnumerable<SettingsChange> changes) =>
        Set(before, changes.Select(change => (change.FieldPath, change.NewValue)));

    public static SettingsDocument Undo(SettingsDocument after, IEnumerable<SettingsChange> changes) =>
        Set(after, changes.Reverse().Select(change => (change.FieldPath, change.OldValue)));

    /// <summary>The changes that lead from one state to the other.</summary>
    public static List<SettingsChange> Between(SettingsDocument before, SettingsDocument after, DateTimeOffset at, string? reason)
    {
        var (old, now) = (FieldsOf(before), FieldsOf(after));
        return [.. old.Keys.Union(now.Keys, StringComparer.Ordinal)
            .Select(path => new SettingsChange(path, Find(old, path), Find(now, path), at, reason))
            .Where(change => !Same(change.OldValue, change.NewValue))];
    }

    private static SettingsDocument Set(SettingsDocument document, IEnumerable<(string Path, JsonElement? Value)> values)
    {
        var fields = FieldsOf(document);
        foreach (var (path, value) in values)
        {
            if (value is { } set)
                fields[path] = set;
            else
                fields.Remove(path);
        }

        return DocumentOf(fields);
    }

    private static Dictionary<string, JsonElement> FieldsOf(SettingsDocument document)
    {
        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var field in JsonSerializer.SerializeToElement(document, JsonColumn.Options).EnumerateObject().Where(field => field.Name != Custom))
            fields[field.Name] = field.Value;
        foreach (var (key, value) in document.CustomSettings)
            fields[CustomPrefix + key] = value;
        return fields;
    }

    private static SettingsDocument DocumentOf(Dictionary<string, JsonElement> fields)
    {
        var own = fields.Where(field => !IsCustom(field.Key)).ToDictionary(field => field.Key, field => field.Value, StringComparer.Ordinal);
        var custom = fields.Where(field => IsCustom(field.Key)).ToDictionary(field => field.Key[CustomPrefix.Length..], field => field.Value, StringComparer.Ordinal);
        return JsonSerializer.SerializeToElement(own, JsonColumn.Options).Deserialize<SettingsDocument>(JsonColumn.Options)! with { CustomSettings = custom };
    }

    private static bool IsCustom(string path) => path.StartsWith(CustomPrefix, StringComparison.Ordinal);

    private static JsonElement? Find(Dictionary<string, JsonElement> fields, string path) => fields.TryGetValue(path, out var value) ? value : null;

    private static bool Same(JsonElement? left, JsonElement? right) =>
        left is { } one && right is { } other ? JsonElement.DeepEquals(one, other) : left is null && right is null;
}
