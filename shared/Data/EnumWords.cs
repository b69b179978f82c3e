using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Data;

/// <summary>The lower_snake_case words of an enum, as stored and as sent; <see cref="JsonStringEnumMemberNameAttribute"/> overrides a word.</summary>
public static class EnumWords<T> where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> Words = Enum.GetValues<T>().Distinct().ToFrozenDictionary(v => v, WordOf);
    private static readonly FrozenDictionary<string, T> Values = Words.ToFrozenDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);

    public static IEnumerable<string> All => Enum.GetValues<T>().Select(ToWord);

    public static string ToWord(T value) => Words[value];

    /// <summary>Throws <see cref="KeyNotFoundException"/> for an unknown word.</summary>
    public static T Parse(string word) => Values[word];

    public static bool TryParse(string? word, out T value)
    {
        value = default;
        return word is not null && Values.TryGetValue(word, out value);
    }

    private static string WordOf(T value)
    {
        var name = value.ToString();
        return typeof(T).GetField(name)?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
    }
}
