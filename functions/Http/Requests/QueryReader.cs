using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Platform.Functions.Http;

/// <summary>
/// Reads query parameters and collects what is wrong with them. A method that finds a problem answers its fallback; the function refuses with
/// <see cref="Refusal"/> before it uses any value. Names are given in the family's casing.
/// </summary>
public sealed class QueryReader(IQueryCollection query)
{
    private List<Problem>? _problems;

    /// <summary>All problems found so far as one refusal; null when there are none.</summary>
    public Error? Refusal => _problems is null ? null : Error.Invalid(_problems);

    public void Refuse(string name, string message, string type) => (_problems ??= []).Add(Problem.Query(name, message, type));

    /// <summary>A whole number within bounds; out of bounds is a problem, never clamped.</summary>
    public int Int(string name, int fallback, int minimum, int maximum) => OptionalInt(name, minimum, maximum) ?? fallback;

    public int? OptionalInt(string name, int minimum, int maximum)
    {
        if (Text(name) is not { Length: > 0 } text)
            return null;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            Refuse(name, "Input should be a valid integer", "int_parsing");
        else if (number < minimum)
            Refuse(name, $"Input should be greater than or equal to {minimum}", "greater_than_equal");
        else if (number > maximum)
            Refuse(name, $"Input should be less than or equal to {maximum}", "less_than_equal");
        else
            return (int)number;
        return null;
    }

    /// <summary>A whole number that is clamped, for the families whose contracts clamp; only what is no number is a problem.</summary>
    public int ClampedInt(string name, int fallback, int minimum, int maximum)
    {
        if (Text(name) is not { Length: > 0 } text)
            return fallback;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return (int)Math.Clamp(number, minimum, maximum);
        Refuse(name, "Input should be a valid integer", "int_parsing");
        return fallback;
    }

    public bool Bool(string name, bool fallback) => OptionalBool(name) ?? fallback;

    public bool? OptionalBool(string name)
    {
        switch (Text(name)?.ToLowerInvariant())
        {
            case null or "":
                return null;
            case "true" or "1" or "yes" or "on":
                return true;
            case "false" or "0" or "no" or "off":
                return false;
            default:
                Refuse(name, "Input should be a valid boolean", "bool_parsing");
                return null;
        }
    }

    /// <summary>A string of at most <paramref name="maximum"/> characters; null when absent. The last of several values counts.</summary>
    public string? Text(string name, int maximum = 1024)
    {
        if (!query.TryGetValue(name, out var values) || values.Count == 0)
            return null;
        var text = values[^1] ?? "";
        if (text.Contains('\0', StringComparison.Ordinal))
            Refuse(name, "String should not contain NUL characters", "value_error");
        else if (text.Length > maximum)
            Refuse(name, $"String should have at most {maximum} characters", "string_too_long");
        else
            return text;
        return null;
    }

    /// <summary>A string that must be there.</summary>
    public string RequiredText(string name, int maximum = 1024)
    {
        if (!query.ContainsKey(name))
            Refuse(name, "Field required", "missing");
        return Text(name, maximum) ?? "";
    }

    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { Length: > 0 } text)
            return null;
        if (WireTime.TryParse(text, out var time))
            return time;
        Refuse(name, "Input should be a valid datetime", "datetime_parsing");
        return null;
    }

    /// <summary>An inclusive range of time; a start after the end is a problem.</summary>
    public (DateTimeOffset? From, DateTimeOffset? To) TimeRange(string start, string end)
    {
        var range = (From: Time(start), To: Time(end));
        if (range.From > range.To)
            Refuse(start, $"{start} should not be after {end}", "value_error");
        return range;
    }

    public Guid? Id(string name)
    {
        if (Text(name) is not { Length: > 0 } text)
            return null;
        if (Guid.TryParse(text, out var id))
            return id;
        Refuse(name, "Input should be a valid UUID", "uuid_parsing");
        return null;
    }

    /// <summary>A value of an enum in lower snake_case; null when absent.</summary>
    public T? Choice<T>(string name)
        where T : struct, Enum => Text(name) is { Length: > 0 } text ? Parse<T>(name, text) : null;

    /// <summary>One of the allowed words; <paramref name="fallback"/> when absent.</summary>
    public string Choice(string name, string fallback, params ReadOnlySpan<string> allowed)
    {
        if (Text(name) is not { Length: > 0 } text)
            return fallback;
        if (allowed.Contains(text))
            return text;
        Refuse(name, $"Input should be '{string.Join("', '", allowed!)}'", "enum");
        return fallback;
    }

    /// <summary>A list given as a repeated parameter, as <c>name[]</c> or separated by commas, in the order given; empty when absent.</summary>
    public IReadOnlyList<string> List(string name, int maximum = 100)
    {
        List<string> items = [];
        Add(query[name], items);
        Add(query[name + "[]"], items);
        if (items.Count > maximum)
            Refuse(name, $"List should have at most {maximum} items", "value_error");
        else if (items.Exists(item => item.Contains('\0', StringComparison.Ordinal)))
            Refuse(name, "String should not contain NUL characters", "value_error");
        else
            return items;
        return [];
    }

    /// <summary>A list of enum values in lower snake_case.</summary>
    public IReadOnlyList<T> Choices<T>(string name)
        where T : struct, Enum => [.. List(name).Select(text => Parse<T>(name, text)).OfType<T>()];

    private static void Add(StringValues values, List<string> items)
    {
        foreach (var value in values)
            items.AddRange((value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    private T? Parse<T>(string name, string text)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()) == text)
                return value;
        }
        var words = Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName);
        Refuse(name, $"Input should be '{string.Join("', '", words)}'", "enum");
        return null;
    }
}
