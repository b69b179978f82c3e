using System.Collections.Frozen;

namespace Platform.Events.Aggregation;

/// <summary>The operators of expressions, by name: how many arguments each takes, and what it makes of their values.</summary>
internal sealed record Operator(int Fewest, int Most, Func<object?[], object?> Apply)
{
    private const int Unlimited = 100;

    private static readonly FrozenDictionary<string, Operator> All = new Dictionary<string, Operator>
    {
        ["$add"] = new(1, Unlimited, Times.Add),
        ["$subtract"] = new(2, 2, Times.Subtract),
        ["$multiply"] = new(1, Unlimited, values => values.Aggregate((object?)1L, Numbers.Multiply)),
        ["$divide"] = new(2, 2, values => Numbers.Divide(values[0], values[1])),
        ["$concat"] = new(1, Unlimited, Texts.Concat),
        ["$toString"] = new(1, 1, values => Texts.Of(values[0])),
        ["$toLower"] = new(1, 1, values => (Texts.Of(values[0]) ?? "").ToLowerInvariant()),
        ["$toUpper"] = new(1, 1, values => (Texts.Of(values[0]) ?? "").ToUpperInvariant()),
        ["$substr"] = new(3, 3, Texts.Part),
        ["$ifNull"] = new(2, Unlimited, values => Array.Find(values, value => !Values.IsNothing(value)) ?? values[^1]),
        ["$cond"] = new(3, 3, values => IsTrue(values[0]) ? values[1] : values[2]),
        ["$eq"] = new(2, 2, values => Ordering.CompareLoosely(values[0], values[1]) == 0),
        ["$gt"] = new(2, 2, values => Ordering.CompareLoosely(values[0], values[1]) > 0),
        ["$lt"] = new(2, 2, values => Ordering.CompareLoosely(values[0], values[1]) < 0),
        ["$size"] = new(1, 1, values => values[0] is ValueList list ? (long)list.Items.Count : null),
        ["$hour"] = new(1, 1, values => Times.Of(values[0])?.Hour is { } hour ? (long)hour : null),
        ["$dayOfMonth"] = new(1, 1, values => Times.Of(values[0])?.Day is { } day ? (long)day : null),
        ["$month"] = new(1, 1, values => Times.Of(values[0])?.Month is { } month ? (long)month : null),
        ["$year"] = new(1, 1, values => Times.Of(values[0])?.Year is { } year ? (long)year : null),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Operator? Find(string name) => All.GetValueOrDefault(name);

    private static bool IsTrue(object? value) => value switch
    {
        null or Missing or false or 0L or 0.0 => false,
        _ => true,
    };
}

/// <summary>Operators on text.</summary>
internal static class Texts
{
    /// <summary>A scalar as text; null for everything else.</summary>
    public static string? Of(object? value) => value switch
    {
        string text => text,
        true => "true",
        false => "false",
        long or double => Numbers.Normal(value),
        DateTimeOffset time => WireTime.ToText(time),
        _ => null,
    };

    public static object? Concat(object?[] values)
    {
        if (!Array.TrueForAll(values, value => value is string))
            return null;
        Values.Checked(values.Sum(value => (long)((string)value!).Length));
        return string.Concat(values);
    }

    /// <summary>Text, start, length; a negative length is the rest.</summary>
    public static object? Part(object?[] values)
    {
        if (!Numbers.Is(values[1]) || !Numbers.Is(values[2]))
            return null;
        var text = Of(values[0]) ?? "";
        var start = (int)Math.Clamp(Numbers.ToReal(values[1]), 0, text.Length);
        var length = Numbers.ToReal(values[2]);
        return length < 0 ? text[start..] : text.Substring(start, (int)Math.Min(length, text.Length - start));
    }
}
