using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;

namespace Platform.Metrics;

/// <summary>Lists points as they were recorded.</summary>
public sealed class MetricQueries(PlatformDbContext db, SeriesQueries series, IOptions<AnalyticsOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public Task<Result<Page<MetricPointView>>> ListAsync(SeriesFilter filter, MetricRange range, SortOrder order, int limit, int offset, CancellationToken ct) => db.ReadWithinAsync(
        Longest, MetricErrors.QueryTooLarge(options.Value.MaxPointsPerQuery), clock, cut => ReadAsync(filter, range, order, limit, offset, cut), ct);

    private async Task<Result<Page<MetricPointView>>> ReadAsync(SeriesFilter filter, MetricRange range, SortOrder order, int limit, int offset, CancellationToken ct)
    {
        var found = (await series.FindAsync(filter, ct)).ToDictionary(one => one.Id);
        long[] ids = [.. found.Keys];
        var (from, to) = (range.From.ToUnixTimeMilliseconds(), range.To.ToUnixTimeMilliseconds());
        var rows = db.MetricPoints.AsNoTracking().Where(point => ids.Contains(point.SeriesId) && point.At >= from && point.At < to);
        var ordered = order == SortOrder.Asc
            ? rows.OrderBy(point => point.At).ThenBy(point => point.Id)
            : rows.OrderByDescending(point => point.At).ThenByDescending(point => point.Id);
        var total = ids.Length == 0 ? 0 : await rows.LongCountAsync(ct);
        var page = total == 0 ? [] : await ordered.Skip(offset).Take(limit).ToListAsync(ct);
        return new Page<MetricPointView>([.. page.Select(point => MetricPointView.Of(found[point.SeriesId], point.Id, point.At, point.Value))], total, limit, offset);
    }
}
