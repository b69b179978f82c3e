using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Metrics;

/// <summary>
/// Reads ranges of series into tables: what roll-ups can answer from them, the rest, and everything that needs the points themselves, from the points.
/// </summary>
public sealed class PointReader(PlatformDbContext db)
{
    /// <summary>Fills the table; stops early when it has more points than <paramref name="most"/>.</summary>
    internal async Task ReadAsync(AggregateTable table, IReadOnlyList<MetricSeries> series, RangePiece range, int most, CancellationToken ct)
    {
        long[] ids = [.. series.Select(one => one.Id)];
        if (ids.Length == 0)
            return;
        var pieces = table.KeepsValues || series.Any(one => one.IsExtreme) ? [range] : TimeBuckets.Cover(range.From, range.To, table.Interval);
        foreach (var piece in pieces)
        {
            if (piece.Resolution == 0)
                await ReadPointsAsync(table, ids, piece, most, ct);
            else
                await ReadRollupsAsync(table, ids, piece, most, ct);
            if (table.Points > most)
                return;
        }
    }

    private async Task ReadRollupsAsync(AggregateTable table, long[] ids, RangePiece piece, int most, CancellationToken ct)
    {
        var rows = db.MetricRollups.AsNoTracking()
            .Where(row => ids.Contains(row.SeriesId) && row.Resolution == piece.Resolution && row.Start >= piece.From && row.Start < piece.To).AsAsyncEnumerable();
        await foreach (var row in rows.WithCancellation(ct))
        {
            table.Add(row);
            if (table.Points > most)
                return;
        }
    }

    // Past EF: a million rows are read for one answer.
    private async Task ReadPointsAsync(AggregateTable table, long[] ids, RangePiece piece, int most, CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            await using var command = Command(ids, piece);
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct) && table.Points <= most)
                table.Add(reader.GetInt64(0), reader.GetInt64(1), reader.GetDouble(2));
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private DbCommand Command(long[] ids, RangePiece piece)
    {
        var isSqlite = db.Database.IsSqlite();
        object series = isSqlite ? $"[{string.Join(',', ids.Select(id => id.ToString(CultureInfo.InvariantCulture)))}]" : ids;
        var among = isSqlite ? "IN (SELECT value FROM json_each(@series))" : "= ANY (@series)";
        return db.Database.GetDbConnection().Command(
            $"SELECT series_id, at, value FROM metric_points WHERE series_id {among} AND at >= @from AND at < @to", null, ("@series", series), ("@from", piece.From), ("@to", piece.To));
    }
}
