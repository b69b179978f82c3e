using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Metrics;

/// <summary>Finds the series of a project that a filter means.</summary>
public sealed class SeriesQueries(PlatformDbContext db)
{
    public async Task<IReadOnlyList<MetricSeries>> FindAsync(SeriesFilter filter, CancellationToken ct)
    {
        var rows = db.MetricSeries.AsNoTracking();
        if (filter.ProjectId is { } project)
            rows = rows.Where(series => series.ProjectId == project);
        if (filter.Names.Count > 0 && !filter.Names.Any(IsPrefix))
            rows = rows.Where(series => filter.Names.Contains(series.Name));
        if (filter.Types.Count > 0)
            rows = rows.Where(series => filter.Types.Contains(series.Type));
        if (filter.Kinds.Count > 0)
            rows = rows.Where(series => filter.Kinds.Contains(series.Kind));
        if (filter.Sources.Count > 0)
            rows = rows.Where(series => filter.Sources.Contains(series.Source));
        var found = await rows.ToListAsync(ct);
        found.RemoveAll(series => !HasName(series, filter.Names) || !HasTags(series, filter.Tags) || filter.Fits?.Invoke(series) == false);
        return found;
    }

    private static bool IsPrefix(string name) => name.EndsWith('*');

    private static bool HasName(MetricSeries series, IReadOnlyList<string> names) =>
        names.Count == 0 || names.Any(name => IsPrefix(name) ? series.Name.StartsWith(name[..^1], StringComparison.Ordinal) : series.Name == name);

    private static bool HasTags(MetricSeries series, IReadOnlyDictionary<string, IReadOnlyList<string>> tags) =>
        tags.All(tag => series.Tags.TryGetValue(tag.Key, out var value) && tag.Value.Contains(value));
}
