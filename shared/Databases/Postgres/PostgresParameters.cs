using System.Globalization;
using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Platform.Databases;

/// <summary>A statement as the server gets it, with the values of its parameters, which it infers the types of.</summary>
internal sealed record PostgresQuery(string Text, IReadOnlyList<NpgsqlParameter> Parameters);

/// <summary>Puts the parameters of a request to a statement: an array to <c>$1</c> or <c>?</c>, an object to <c>:name</c> and <c>@name</c>.</summary>
internal static class PostgresParameters
{
    private const int MaxDepth = 6; // dimensions of the engine's arrays

    public static PostgresQuery Bind(string text, JsonElement? values) => values switch
    {
        { ValueKind: JsonValueKind.Array } array => Place(text, [.. array.EnumerateArray()]),
        { ValueKind: JsonValueKind.Object } members => Name(text, members),
        _ => new PostgresQuery(text, []),
    };

    /// <summary>Whether there is any.</summary>
    public static bool Any(JsonElement? values) => SqliteParameters.Any(values);

    private static PostgresQuery Place(string text, IReadOnlyList<JsonElement> values)
    {
        var (dollars, marks) = (0, new List<int>());
        foreach (var token in PostgresLexer.Read(text).Where(token => token.Kind == PostgresTokenKind.Symbol))
        {
            if (text[token.Start] == '$')
                dollars = Math.Max(dollars, NumberAt(text, token.End));
            else if (text[token.Start] == '?' && !IsOperator(text, token.Start))
                marks.Add(token.Start);
        }

        var counted = dollars > 0 ? dollars : marks.Count;
        if (values.Count > counted)
            throw Mismatch($"{values.Count} parameters were given, and the statement has {counted}");
        if (dollars == 0 && values.Count < marks.Count)
            throw Mismatch($"Parameter {values.Count + 1} is missing");
        return new PostgresQuery(dollars > 0 ? text : Numbered(text, marks), [.. values.Select(ToParameter)]);
    }

    private static PostgresQuery Name(string text, JsonElement members)
    {
        var (written, parameters, places) = (new StringBuilder(), new List<NpgsqlParameter>(), new Dictionary<string, int>(StringComparer.Ordinal));
        var tokens = PostgresLexer.Read(text).ToList();
        for (var at = 0; at < tokens.Count; at++)
        {
            if (NameAt(text, tokens, at) is not { } name)
            {
                written.Append(text, tokens[at].Start, tokens[at].End - tokens[at].Start);
                continue;
            }

            if (!places.TryGetValue(name, out var place))
            {
                if (!members.TryGetProperty(name, out var value))
                    throw Mismatch($"Parameter {text[tokens[at].Start]}{name} is missing");
                places[name] = place = parameters.Count + 1;
                parameters.Add(ToParameter(value));
            }

            written.Append(CultureInfo.InvariantCulture, $"${place}");
            at++;
        }

        var given = members.EnumerateObject().Count();
        return given <= places.Count ? new PostgresQuery(written.ToString(), parameters) : throw Mismatch($"{given} parameters were given, and the statement has {places.Count}");
    }

    // A cast (::type) and a slice ([1:n]) are none.
    private static string? NameAt(string text, List<PostgresToken> tokens, int at)
    {
        var token = tokens[at];
        if (token.Kind != PostgresTokenKind.Symbol || text[token.Start] is not (':' or '@') || at + 1 == tokens.Count || tokens[at + 1].Kind != PostgresTokenKind.Word)
            return null;
        var before = token.Start > 0 ? text[token.Start - 1] : ' ';
        return char.IsWhiteSpace(before) || before is '(' or ',' or '=' or '<' or '>' or '+' or '-' or '*' or '/' or '|' or '[' or '%' ? text[tokens[at + 1].Start..tokens[at + 1].End] : null;
    }

    // Those of jsonb: ?, ?| and ?&; a lone one between blanks is taken for a parameter.
    private static bool IsOperator(string text, int at) => at + 1 < text.Length && text[at + 1] is '|' or '&' or '?' || (at > 0 && text[at - 1] is '?' or '@');

    private static int NumberAt(string text, int at)
    {
        var end = at;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        return int.TryParse(text.AsSpan(at, end - at), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    private static string Numbered(string text, List<int> marks)
    {
        var (written, from) = (new StringBuilder(), 0);
        for (var index = 0; index < marks.Count; index++)
        {
            written.Append(text, from, marks[index] - from).Append(CultureInfo.InvariantCulture, $"${index + 1}");
            from = marks[index] + 1;
        }

        return written.Append(text, from, text.Length - from).ToString();
    }

    private static NpgsqlParameter ToParameter(JsonElement value) => new() { NpgsqlDbType = NpgsqlDbType.Unknown, Value = (object?)ToText(value) ?? DBNull.Value };

    private static string? ToText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.String => Checked(value.GetString()!),
        JsonValueKind.Array => ToArray(value, depth: 1),
        _ => value.GetRawText(),
    };

    private static string ToArray(JsonElement array, int depth)
    {
        if (depth > MaxDepth)
            throw Mismatch($"Arrays have at most {MaxDepth} dimensions");
        return $"{{{string.Join(',', array.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Array ? ToArray(item, depth + 1) : Quoted(ToText(item))))}}}";
    }

    private static string Quoted(string? text) =>
        text is null ? "NULL" : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Checked(string text) => text.Contains('\0', StringComparison.Ordinal) ? throw Mismatch("A text of the engine has no character 0") : text;

    private static SqlRefusal Mismatch(string message) => SqlRefusal.Of("parameter_mismatch", message, PostgresErrorCodes.UndefinedParameter);
}
