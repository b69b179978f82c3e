using System.Text.Json;
using Platform.Audit;
using Platform.Data;

namespace Platform.Settings;

/// <summary>The fields in which two settings documents differ, as <c>group.field</c>.</summary>
internal static class SettingsDifference
{
    public static IEnumerable<AuditChange> Between(SystemSettings before, SystemSettings after)
    {
        var (old, now) = (Fields(before), Fields(after));
        return old.Where(field => !JsonElement.DeepEquals(field.Value, now[field.Key])).Select(field => new AuditChange(field.Key, field.Value, now[field.Key]));
    }

    private static Dictionary<string, JsonElement> Fields(SystemSettings settings) => JsonSerializer.SerializeToElement(settings, JsonColumn.Options).EnumerateObject()
        .SelectMany(group => group.Value.EnumerateObject().Select(field => (Name: $"{group.Name}.{field.Name}", field.Value)))
        .ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal);
}
