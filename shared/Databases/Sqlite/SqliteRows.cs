using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using SQLitePCL;

namespace Platform.Databases;

/// <summary>Writes the rows of one statement as JSON, as many as fit.</summary>
internal sealed class SqliteRows(sqlite3_stmt statement, bool asObjects, int budget) : IDisposable
{
    private const string Json = "json";

    private readonly JsonRows _rows = new(
        [.. Enumerable.Range(0, raw.sqlite3_column_count(statement)).Select(column => raw.sqlite3_column_name(statement, column).utf8_to_string())], asObjects, budget);

    private readonly string?[] _types = [.. Enumerable.Range(0, raw.sqlite3_column_count(statement)).Select(column => raw.sqlite3_column_decltype(statement, column).utf8_to_string()?.ToLowerInvariant())];

    public int Count => _rows.Count;

    /// <summary>Bytes of what was written.</summary>
    public int Size => _rows.Size;

    /// <summary>Types are declared ones, else those of the first row.</summary>
    public IReadOnlyList<ResultColumn> Columns => [.. _rows.Names.Select((name, column) => new ResultColumn(name, _types[column]))];

    /// <summary>The array.</summary>
    public StoredJson ToJson() => _rows.ToJson();

    /// <summary>Adds the statement's present row; false when it does not fit.</summary>
    public bool TryAdd() => _rows.TryAdd(SizeOf, WriteValue);

    public void Dispose() => _rows.Dispose();

    // To ask a number for its bytes would make a text of it.
    private long SizeOf(int column) => raw.sqlite3_column_type(statement, column) is raw.SQLITE_TEXT or raw.SQLITE_BLOB ? raw.sqlite3_column_bytes(statement, column) : 0;

    private void WriteValue(Utf8JsonWriter writer, int column)
    {
        switch (raw.sqlite3_column_type(statement, column))
        {
            case raw.SQLITE_INTEGER:
                _types[column] ??= "integer";
                JsonRows.WriteInteger(writer, raw.sqlite3_column_int64(statement, column));
                break;
            case raw.SQLITE_FLOAT:
                _types[column] ??= "real";
                JsonRows.WriteReal(writer, raw.sqlite3_column_double(statement, column));
                break;
            case raw.SQLITE_TEXT:
                _types[column] ??= "text";
                WriteText(writer, raw.sqlite3_column_blob(statement, column), isJson: _types[column] == Json);
                break;
            case raw.SQLITE_BLOB:
                _types[column] ??= "blob";
                writer.WriteStartObject();
                writer.WriteBase64String("$base64"u8, raw.sqlite3_column_blob(statement, column));
                writer.WriteEndObject();
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> text, bool isJson)
    {
        if (isJson && JsonRows.IsDocument(text))
            writer.WriteRawValue(text, skipInputValidation: true);
        else if (Utf8.IsValid(text))
            writer.WriteStringValue(text);
        else
            writer.WriteStringValue(Encoding.UTF8.GetString(text));
    }
}
