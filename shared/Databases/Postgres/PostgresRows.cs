using System.Text.Json;
using Npgsql;

namespace Platform.Databases;

/// <summary>Writes the rows of one statement as JSON, as many as fit. Columns are read in their order, so that a large value is not held before it is known to fit.</summary>
internal sealed class PostgresRows(NpgsqlDataReader reader, IReadOnlyList<PostgresType> types, bool asObjects, int budget) : IDisposable
{
    private readonly JsonRows _rows = new([.. Enumerable.Range(0, types.Count).Select(reader.GetName)], asObjects, budget);

    public int Count => _rows.Count;

    /// <summary>Bytes of what was written.</summary>
    public int Size => _rows.Size;

    public IReadOnlyList<ResultColumn> Columns => [.. _rows.Names.Select((name, column) => new ResultColumn(name, types[column].Name))];

    /// <summary>The array.</summary>
    public StoredJson ToJson() => _rows.ToJson();

    /// <summary>Adds the present row; false when it does not fit.</summary>
    public bool TryAdd() => _rows.TryAdd(SizeOf, WriteValue);

    public void Dispose() => _rows.Dispose();

    private long SizeOf(int column) => reader.IsDBNull(column) ? 0 : reader.GetBytes(column, 0, null, 0, 0);

    private void WriteValue(Utf8JsonWriter writer, int column)
    {
        if (reader.IsDBNull(column))
            writer.WriteNullValue();
        else
            PostgresValue.Write(writer, types[column], reader.GetString(column));
    }
}
