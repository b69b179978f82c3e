using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Platform.UserSettings;

/// <summary>The rules of custom settings: what clients may keep with a user.</summary>
public static partial class CustomSettings
{
    public const int MaxKeys = 100;
    public const string KeyPattern = "^[A-Za-z0-9._-]{1,64}$";

    private const int MaxBytes = 16 * 1024;
    private const int MaxDepth = 32; // an event that tells of it is deeper, and JSON of more than 64 is not read

    public static bool IsKey(string key) => Key().IsMatch(key);

    /// <summary>What is wrong with a value; null when nothing is.</summary>
    public static string? Refuse(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return "Custom settings are JSON objects";
        if (Encoding.UTF8.GetByteCount(value.GetRawText()) > MaxBytes)
            return $"Custom settings are at most {MaxBytes / 1024} KiB of JSON each";
        return Fits(value, MaxDepth) ? null : $"Custom settings are at most {MaxDepth} levels deep, and their numbers fit into 64 bits";
    }

    public static IEnumerable<ValidationResult> Check(IReadOnlyDictionary<string, JsonElement>? all, string member)
    {
        if (all is null)
            return [];
        if (all.Count > MaxKeys)
            return [new ValidationResult($"At most {MaxKeys} custom settings are kept", [member])];
        return all.Select(pair => IsKey(pair.Key) ? Refuse(pair.Value) : $"Keys should match pattern '{KeyPattern}'")
            .OfType<string>().Distinct(StringComparer.Ordinal).Select(message => new ValidationResult(message, [member]));
    }

    private static bool Fits(JsonElement value, int depth) => value.ValueKind switch
    {
        JsonValueKind.Object => depth > 0 && value.EnumerateObject().All(member => Fits(member.Value, depth - 1)),
        JsonValueKind.Array => depth > 0 && value.EnumerateArray().All(item => Fits(item, depth - 1)),
        JsonValueKind.Number => value.TryGetDouble(out var number) && double.IsFinite(number),
        _ => true,
    };

    [GeneratedRegex(KeyPattern, RegexOptions.NonBacktracking)]
    private static partial Regex Key();
}
