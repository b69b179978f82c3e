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
    /// <summary>Fills the table; false when there are more points than <paramref name="most"/>, which is known early: it is not read to the end.</summary>
    internal async Task<bool> ReadAsync(AggregateTable table, IReadOnlyList<MetricSeries> series, RangePiece range, int most, CancellationToken ct)
    {
        long[] ids = [.. series.Select(one => one.Id)];
        if (ids.Length == 0)
            return true;
        if (table.KeepsValues && await CountHoursAsync(ids, range, ct) > most)
            return false;
        var pieces = table.KeepsValues || series.Any(one => one.IsExtreme) ? [range] : TimeBuckets.Cover(range.From, range.To, table.Interval);
        foreach (var piece in pieces)
        {
            if (piece.Resolution == 0)
                await ReadPointsAsync(table, ids, piece, most, ct);
            else
                await ReadRollupsAsync(table, ids, piece, most, ct);
            if (table.Points > most)
                return false;
        }

        return true;
    }

    // The points in the range's whole hours.
    private Task<long> CountHoursAsync(long[] ids, RangePiece range, CancellationToken ct)
    {
        var (resolution, length) = (MetricRollup.Resolutions[0], MetricRollup.Resolutions[0] * 1000L);
        var (first, end) = (TimeBuckets.StartOf(range.From + length - 1, length), TimeBuckets.StartOf(range.To, length));
        return db.MetricRollups.Where(row => ids.Contains(row.SeriesId) && row.Resolution == resolution && row.Start >= first && row.Start < end).SumAsync(row => row.Count, ct);
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
