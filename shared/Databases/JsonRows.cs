using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Platform.Databases;

/// <summary>Writes the rows of one statement as a JSON array of objects or of arrays, as many as fit.</summary>
/// <param name="budget">Bytes.</param>
internal sealed class JsonRows(IReadOnlyList<string> columns, bool asObjects, int budget) : IDisposable
{
    private const long SafeInteger = 1L << 53;

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _rows = new();
    private readonly ArrayBufferWriter<byte> _row = new();
    private readonly Utf8JsonWriter _writer = new(Stream.Null, Writing);

    public int Count { get; private set; }

    /// <summary>Bytes of what was written.</summary>
    public int Size => _rows.WrittenCount + 2;

    /// <summary>Unique, so that each is a member: a name that comes again gets <c>_2</c>, <c>_3</c>.</summary>
    public IReadOnlyList<string> Names { get; } = Unique(columns);

    /// <summary>The array.</summary>
    public StoredJson ToJson() => new($"[{Encoding.UTF8.GetString(_rows.WrittenSpan)}]");

    /// <summary>Adds a row; false when it does not fit.</summary>
    /// <param name="sizeOf">Bytes of a column's value, as far as they may be many; 0 else.</param>
    public bool TryAdd(Func<int, long> sizeOf, Action<Utf8JsonWriter, int> write)
    {
        _row.ResetWrittenCount();
        _writer.Reset(_row);
        if (asObjects)
            _writer.WriteStartObject();
        else
            _writer.WriteStartArray();
        for (var column = 0; column < Names.Count; column++)
        {
            if (_row.WrittenCount + _writer.BytesPending + sizeOf(column) > budget)
                return false;
            if (asObjects)
                _writer.WritePropertyName(Names[column]);
            write(_writer, column);
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

    /// <summary>Readers of JSON take numbers for doubles, which have 53 bits; larger integers are texts.</summary>
    public static void WriteInteger(Utf8JsonWriter writer, long value)
    {
        if (value is >= -SafeInteger and <= SafeInteger)
            writer.WriteNumberValue(value);
        else
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>What JSON has no number for is a text.</summary>
    public static void WriteReal(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }

    /// <summary>Whether the text is one JSON document of a depth that an answer can hold.</summary>
    public static bool IsDocument(ReadOnlySpan<byte> text)
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

    private static string[] Unique(IReadOnlyList<string> columns)
    {
        var names = new string[columns.Count];
        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (var column = 0; column < names.Length; column++)
        {
            var unique = columns[column];
            for (var number = 2; !taken.Add(unique); number++)
                unique = string.Create(CultureInfo.InvariantCulture, $"{columns[column]}_{number}");
            names[column] = unique;
        }

        return names;
    }
}
