using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Platform.Benchmarks;

/// <summary>
/// Five million points of a project over the last week, put where the platform keeps them, with the roll-ups that it would have made: through the API they would take longer than
/// everything that is measured.
/// </summary>
internal sealed class StoredPoints(SqliteConnection db, string prefix, DateTimeOffset end)
{
    public const int Count = 5_000_000;
    public const int Names = 10;
    public static readonly string[] Regions = ["eu", "us", "ap", "sa"];

    private const int Days = 7;

    public DateTimeOffset Start => end.AddDays(-Days);

    public DateTimeOffset End => end;

    /// <summary>The points of a name (or of several), by which plain SQL works.</summary>
    public string From(string names, DateTimeOffset? since = null) =>
        $"FROM metric_series s JOIN metric_points p ON p.series_id = s.id WHERE s.name IN ('{names}') AND p.at >= {(since ?? Start).ToUnixTimeMilliseconds()}";

    public void Write()
    {
        var (perSeries, from) = (Count / Names / Regions.Length, Start.ToUnixTimeMilliseconds());
        var step = (end.ToUnixTimeMilliseconds() - from) / (double)perSeries;
        foreach (var series in SeriesIds())
        {
            Execute($"""
                BEGIN IMMEDIATE;
                DELETE FROM metric_points WHERE series_id = {series};
                DELETE FROM metric_rollups WHERE series_id = {series};
                INSERT INTO metric_points (series_id, at, value)
                    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {perSeries - 1})
                    SELECT {series}, CAST({from} + i * {FormattableString.Invariant($"{step:R}")} AS INTEGER), ((i * 7919 + {series} * 104729) % 100000) / 100.0 FROM n;
                {RollUp(series, 3600)}
                {RollUp(series, 60)}
                COMMIT;
                """);
        }
    }

    public (long Count, double Sum) CountAndSum(string name)
    {
        using var command = db.CreateCommand();
        command.CommandText = $"SELECT count(*), sum(value) {From(name)}";
        using var row = command.ExecuteReader();
        row.Read();
        return (row.GetInt64(0), row.GetDouble(1));
    }

    /// <summary>Milliseconds to read all rows of the statement.</summary>
    public double Median(string sql, int rounds)
    {
        var times = new List<double>();
        for (var round = -1; round < Math.Min(rounds, 3); round++)
        {
            using var command = db.CreateCommand();
            command.CommandText = sql;
            var since = Stopwatch.GetTimestamp();
            using var reader = command.ExecuteReader();
            while (reader.Read())
                _ = reader.GetValue(0);
            if (round >= 0)
                times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }

        return Report.Median(times);
    }

    private static string RollUp(long series, int resolution) => $"""
        INSERT INTO metric_rollups (series_id, resolution, start, count, sum, deviation, minimum, maximum, first_at, first, last_at, last)
            SELECT series_id, {resolution}, at / {resolution}000 * {resolution}000 AS start, count(*), sum(value), max(0, sum(value * value) - sum(value) * sum(value) / count(*)),
                min(value), max(value), min(at), 0, max(at), 0 FROM metric_points WHERE series_id = {series} GROUP BY start;
        UPDATE metric_rollups SET first = (SELECT value FROM metric_points p WHERE p.series_id = {series} AND p.at = first_at),
            last = (SELECT value FROM metric_points p WHERE p.series_id = {series} AND p.at = last_at) WHERE series_id = {series} AND resolution = {resolution};
        """;

    private List<long> SeriesIds()
    {
        using var command = db.CreateCommand();
        command.CommandText = $"SELECT id FROM metric_series WHERE name LIKE '{prefix}.%'";
        using var rows = command.ExecuteReader();
        List<long> ids = [];
        while (rows.Read())
            ids.Add(rows.GetInt64(0));
        return ids.Count == Names * Regions.Length ? ids : throw new InvalidOperationException($"There are {ids.Count} series of {prefix}.");
    }

    private void Execute(string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
