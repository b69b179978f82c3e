using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using SQLitePCL;

namespace Platform.Databases;

/// <summary>Writes the rows of one statement as JSON, as many as fit.</summary>
internal sealed class SqliteRows(sqlite3_stmt statement, bool asObjects, int budget) : IDisposable
{
    private const long SafeInteger = 1L << 53;
    private const string Json = "json";

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _rows = new();
    private readonly ArrayBufferWriter<byte> _row = new();
    private readonly Utf8JsonWriter _writer = new(Stream.Null, Writing);
    private readonly string[] _names = NamesOf(statement);
    private readonly string?[] _types = [.. Enumerable.Range(0, raw.sqlite3_column_count(statement)).Select(column => raw.sqlite3_column_decltype(statement, column).utf8_to_string()?.ToLowerInvariant())];

    public int Count { get; private set; }

    /// <summary>Bytes of what was written.</summary>
    public int Size => _rows.WrittenCount + 2;

    /// <summary>Names are unique, so that each is a member; types are declared ones, else those of the first row.</summary>
    public IReadOnlyList<ResultColumn> Columns => [.. _names.Select((name, column) => new ResultColumn(name, _types[column]))];

    /// <summary>The array.</summary>
    public StoredJson ToJson() => new($"[{Encoding.UTF8.GetString(_rows.WrittenSpan)}]");

    /// <summary>Adds the statement's present row; false when it does not fit.</summary>
    public bool TryAdd()
    {
        _row.ResetWrittenCount();
        _writer.Reset(_row);
        if (asObjects)
            _writer.WriteStartObject();
        else
            _writer.WriteStartArray();
        for (var column = 0; column < _names.Length; column++)
        {
            if (_row.WrittenCount + _writer.BytesPending + SizeOf(column) > budget)
                return false;
            if (asObjects)
                _writer.WritePropertyName(_names[column]);
            WriteValue(column);
        }

        if (asObjects)
            _writer.WriteEndObject();
        else
            _writer.WriteEndArray();
        _writer.Flush();
        if (_rows.WrittenCount + _row.WrittenCount + 3 > budget)
            return false;
        if (Count++ > 0)
            _rows.Write(","u8);
        _rows.Write(_row.WrittenSpan);
        return true;
    }

    public void Dispose() => _writer.Dispose();

    private static string[] NamesOf(sqlite3_stmt statement)
    {
        var names = new string[raw.sqlite3_column_count(statement)];
        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (var column = 0; column < names.Length; column++)
        {
            var name = raw.sqlite3_column_name(statement, column).utf8_to_string();
            var unique = name;
            for (var number = 2; !taken.Add(unique); number++)
                unique = string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");
            names[column] = unique;
        }

        return names;
    }

    // To ask a number for its bytes would make a text of it.
    private int SizeOf(int column) => raw.sqlite3_column_type(statement, column) is raw.SQLITE_TEXT or raw.SQLITE_BLOB ? raw.sqlite3_column_bytes(statement, column) : 0;

    private void WriteValue(int column)
    {
        switch (raw.sqlite3_column_type(statement, column))
        {
            case raw.SQLITE_INTEGER:
                _types[column] ??= "integer";
                WriteInteger(raw.sqlite3_column_int64(statement, column));
                break;
            case raw.SQLITE_FLOAT:
                _types[column] ??= "real";
                WriteReal(raw.sqlite3_column_double(statement, column));
                break;
            case raw.SQLITE_TEXT:
                _types[column] ??= "text";
                WriteText(raw.sqlite3_column_blob(statement, column), isJson: _types[column] == Json);
                break;
            case raw.SQLITE_BLOB:
                _types[column] ??= "blob";
                _writer.WriteStartObject();
                _writer.WriteBase64String("$base64"u8, raw.sqlite3_column_blob(statement, column));
                _writer.WriteEndObject();
                break;
            default:
                _writer.WriteNullValue();
                break;
        }
    }

    // Readers of JSON take numbers for doubles, which have 53 bits.
    private void WriteInteger(long value)
    {
        if (value is >= -SafeInteger and <= SafeInteger)
            _writer.WriteNumberValue(value);
        else
            _writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }

    private void WriteReal(double value)
    {
        if (double.IsFinite(value))
            _writer.WriteNumberValue(value);
        else
            _writer.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }

    private void WriteText(ReadOnlySpan<byte> text, bool isJson)
    {
        if (isJson && IsDocument(text))
            _writer.WriteRawValue(text, skipInputValidation: true);
        else if (Utf8.IsValid(text))
            _writer.WriteStringValue(text);
        else
            _writer.WriteStringValue(Encoding.UTF8.GetString(text));
    }

    private static bool IsDocument(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = WireJson.MaxDepth - 8 });
            while (reader.Read())
            {
                // to the end
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
