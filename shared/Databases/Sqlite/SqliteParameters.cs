using System.Globalization;
using System.Text;
using System.Text.Json;
using SQLitePCL;

namespace Platform.Databases;

/// <summary>Binds the parameters of a request to a statement: an array to <c>?</c>, <c>?1</c> and <c>$1</c>, an object to <c>:name</c>, <c>@name</c> and <c>$name</c>.</summary>
internal static class SqliteParameters
{
    /// <summary>Whether there is any.</summary>
    public static bool Any(JsonElement? values) => values switch
    {
        { ValueKind: JsonValueKind.Array } array => array.GetArrayLength() > 0,
        { ValueKind: JsonValueKind.Object } members => members.EnumerateObject().Any(),
        _ => false,
    };

    public static void Bind(SqliteHandle handle, sqlite3_stmt statement, JsonElement? values)
    {
        var count = raw.sqlite3_bind_parameter_count(statement);
        var used = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 1; index <= count; index++)
        {
            var name = raw.sqlite3_bind_parameter_name(statement, index).utf8_to_string();
            var (key, value) = values is { ValueKind: JsonValueKind.Object } members ? Named(members, name, index) : Placed(values, name, index);
            used.Add(key);
            Bind(handle, statement, index, value, key);
        }

        var given = values switch
        {
            { ValueKind: JsonValueKind.Array } array => array.GetArrayLength(),
            { ValueKind: JsonValueKind.Object } members => members.EnumerateObject().Count(),
            _ => 0,
        };
        if (given > used.Count)
            throw Mismatch($"{given} parameters were given, and the statement has {used.Count}");
    }

    private static (string Key, JsonElement Value) Named(JsonElement members, string? name, int index)
    {
        if (name is not { Length: > 1 } || name[0] == '?')
            throw Mismatch($"Parameter {index} has no name, so params should be an array");
        return members.TryGetProperty(name[1..], out var value) ? (name[1..], value) : throw Mismatch($"Parameter {name} is missing");
    }

    private static (string Key, JsonElement Value) Placed(JsonElement? values, string? name, int index)
    {
        var place = index;
        if (name is { Length: > 1 } && !(name[0] is '?' or '$' && int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out place)))
            throw Mismatch($"Parameter {name} has a name, so params should be an object");
        if (values is not { ValueKind: JsonValueKind.Array } array || place < 1 || place > array.GetArrayLength())
            throw Mismatch($"Parameter {place} is missing");
        return (place.ToString(CultureInfo.InvariantCulture), array[place - 1]);
    }

    private static void Bind(SqliteHandle handle, sqlite3_stmt statement, int index, JsonElement value, string key)
    {
        var bound = value.ValueKind switch
        {
            JsonValueKind.Null => raw.sqlite3_bind_null(statement, index),
            JsonValueKind.True => raw.sqlite3_bind_int(statement, index, 1),
            JsonValueKind.False => raw.sqlite3_bind_int(statement, index, 0),
            JsonValueKind.Number when value.TryGetInt64(out var whole) => raw.sqlite3_bind_int64(statement, index, whole),
            JsonValueKind.Number when !IsWhole(value) && value.GetDouble() is var real && double.IsFinite(real) => raw.sqlite3_bind_double(statement, index, real),
            JsonValueKind.Number => throw Mismatch($"Parameter {key} is a number outside of what the engine has"),
            JsonValueKind.String => raw.sqlite3_bind_text(statement, index, Encoding.UTF8.GetBytes(value.GetString()!)),
            _ => raw.sqlite3_bind_text(statement, index, Encoding.UTF8.GetBytes(value.GetRawText())),
        };
        handle.Check(bound);
    }

    private static bool IsWhole(JsonElement number) => number.GetRawText().AsSpan().IndexOfAny(".eE") < 0;

    private static SqliteFault Mismatch(string message) =>
        new(raw.SQLITE_RANGE, message, SqliteFault.Refusal("parameter_mismatch", message, "SQLITE_RANGE"));
}
