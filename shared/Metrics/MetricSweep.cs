using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Settings;

namespace Platform.Metrics;

/// <summary>Deletes points past their retention, whole hours at a time, and series that have none left.</summary>
public sealed class MetricSweep(ExpiredRows expired, IServiceScopeFactory scopes, DatabaseReady ready, SystemSettingsStore settings, TimeProvider clock)
{
    private const long Hour = 3_600_000;
    private static readonly TimeSpan SeriesKept = TimeSpan.FromDays(1);

    public async Task<int> SweepAsync(CancellationToken ct)
    {
        await ready.WaitAsync(ct);
        var now = clock.GetUtcNow();
        var kept = (await settings.GetAsync(ct)).MonitoringSettings.MetricsRetentionDays;
        var end = TimeBuckets.StartOf(now.AddDays(-kept).ToUnixTimeMilliseconds(), Hour);
        var deleted = 0;
        foreach (var id in await SeriesWithPointsBeforeAsync(end, ct))
            deleted += await expired.DeleteAsync(db => db.MetricPoints.Where(point => point.SeriesId == id && point.At < end).OrderBy(point => point.At), ct);
        await expired.DeleteAsync(db => db.MetricRollups.Where(row => row.Start < end).OrderBy(row => row.Start).ThenBy(row => row.SeriesId).ThenBy(row => row.Resolution), ct);
        var newest = now - SeriesKept;
        await expired.DeleteAsync(
            db => db.MetricSeries.Where(series => series.CreatedAt < newest && !db.MetricPoints.Any(point => point.SeriesId == series.Id)).OrderBy(series => series.CreatedAt).ThenBy(series => series.Id), ct);
        return deleted;
    }

    private async Task<List<long>> SeriesWithPointsBeforeAsync(long end, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        return await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().MetricRollups.Where(row => row.Start < end).Select(row => row.SeriesId).Distinct().ToListAsync(ct);
    }
}
