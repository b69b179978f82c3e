using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Platform.Data;

namespace Platform.Metrics;

/// <summary>
/// Stores points and adds them to their roll-ups, past EF, inside the current transaction: on PostgreSQL with one statement over arrays, on SQLite, which has to parse
/// a statement of many rows anew, with one parsed statement for each row.
/// </summary>
public sealed class PointWriter(PlatformDbContext db)
{
    private static readonly string[] PointColumns = ["series_id", "at", "value"];

    private static readonly string[] RollupColumns =
        ["series_id", "resolution", "start", "count", "sum", "deviation", "minimum", "maximum", "first_at", "first", "last_at", "last"];

    private const string Insert = "INSERT INTO metric_points (series_id, at, value) ";
    private const string Merge = "INSERT INTO metric_rollups AS old (series_id, resolution, start, count, sum, deviation, minimum, maximum, first_at, first, last_at, last) ";

    // Chan's merging of two sums of squared differences; of two points at the same time the greater is the later one (Statistic).
    private const string OnConflict = """
         ON CONFLICT (series_id, resolution, start) DO UPDATE SET
            count = old.count + excluded.count,
            sum = old.sum + excluded.sum,
            deviation = old.deviation + excluded.deviation + (excluded.sum / excluded.count - old.sum / old.count) * (excluded.sum / excluded.count - old.sum / old.count)
                * (CAST(old.count AS double precision) * excluded.count / (old.count + excluded.count)),
            minimum = CASE WHEN excluded.minimum < old.minimum THEN excluded.minimum ELSE old.minimum END,
            maximum = CASE WHEN excluded.maximum > old.maximum THEN excluded.maximum ELSE old.maximum END,
            first = CASE WHEN excluded.first_at < old.first_at OR (excluded.first_at = old.first_at AND excluded.first < old.first) THEN excluded.first ELSE old.first END,
            first_at = CASE WHEN excluded.first_at < old.first_at THEN excluded.first_at ELSE old.first_at END,
            last = CASE WHEN excluded.last_at > old.last_at OR (excluded.last_at = old.last_at AND excluded.last > old.last) THEN excluded.last ELSE old.last END,
            last_at = CASE WHEN excluded.last_at > old.last_at THEN excluded.last_at ELSE old.last_at END
        """;

    /// <summary>The numbers of the points, in their order.</summary>
    public async Task<IReadOnlyList<long>> WriteAsync(IReadOnlyList<NewPoint> points, CancellationToken ct)
    {
        if (points.Count == 0)
            return [];
        var rollups = MetricRollup.Of(points);
        if (db.Database.IsSqlite())
        {
            var ids = await RowByRowAsync($"{Insert}VALUES (@series_id, @at, @value) RETURNING id", PointColumns, points.Select(ToRow), ct);
            await RowByRowAsync($"{Merge}VALUES ({string.Join(", ", RollupColumns.Select(name => $"@{name}"))}){OnConflict}", RollupColumns, rollups.Select(ToRow), ct);
            return ids;
        }

        await using var insert = Command($"{Insert}SELECT * FROM unnest(@series_id, @at, @value) RETURNING id");
        AddArrays(insert, PointColumns, points.Select(ToRow));
        var numbers = await ReadAsync(insert, ct);
        await using var merge = Command($"{Merge}SELECT * FROM unnest({string.Join(", ", RollupColumns.Select(name => $"@{name}"))}){OnConflict}");
        AddArrays(merge, RollupColumns, rollups.Select(ToRow));
        await merge.ExecuteNonQueryAsync(ct);
        return numbers;
    }

    private async Task<List<long>> RowByRowAsync(string sql, string[] columns, IEnumerable<object[]> rows, CancellationToken ct)
    {
        var transaction = (SqlitePooledTransaction)db.Database.CurrentTransaction!.GetDbTransaction();
        using var statement = transaction.Session.Borrow(sql);
        var command = statement.Command;
        command.Transaction = transaction.Inner;
        foreach (var column in columns)
            Add(command, column, null);
        List<long> ids = [];
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
                command.Parameters[i].Value = row[i];
            if (await command.ExecuteScalarAsync(ct) is long id)
                ids.Add(id);
        }

        statement.Succeeded();
        return ids;
    }

    private static async Task<List<long>> ReadAsync(DbCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<long> ids = [];
        while (await reader.ReadAsync(ct))
            ids.Add(reader.GetInt64(0));
        return ids;
    }

    private static void AddArrays(DbCommand command, string[] columns, IEnumerable<object[]> rows)
    {
        var all = rows.ToList();
        for (var i = 0; i < columns.Length; i++)
        {
            var column = Array.CreateInstance(all[0][i].GetType(), all.Count);
            for (var row = 0; row < all.Count; row++)
                column.SetValue(all[row][i], row);
            Add(command, columns[i], column);
        }
    }

    private static void Add(DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ($"@{name}", value);
        command.Parameters.Add(parameter);
    }

    private DbCommand Command(string sql) => db.Database.GetDbConnection().Command(sql, db.Database.CurrentTransaction!.GetDbTransaction());

    private static object[] ToRow(NewPoint point) => [point.SeriesId, point.At, point.Value];

    private static object[] ToRow(MetricRollup row) =>
        [row.SeriesId, row.Resolution, row.Start, row.Count, row.Sum, row.Deviation, row.Minimum, row.Maximum, row.FirstAt, row.First, row.LastAt, row.Last];
}
