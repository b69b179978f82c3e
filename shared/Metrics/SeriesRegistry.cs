using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Metrics;

/// <summary>Finds the series that points belong to and makes those that are new, as far as the project may have more: of its users' as many as of the platform's.</summary>
public sealed class SeriesRegistry(PlatformDbContext db, IOptions<AnalyticsOptions> options)
{
    /// <summary>The series of each draft, all of one source, in their order; for one too many a refusal. Part of the transaction that stores the points.</summary>
    public async Task<IReadOnlyList<Result<MetricSeries>>> FindOrAddAsync(Guid projectId, IReadOnlyList<MetricDraft> drafts, DateTimeOffset now, CancellationToken ct)
    {
        string[] hashes = [.. drafts.Select(MetricSeries.HashOf)];
        var wanted = new Dictionary<string, MetricDraft>(StringComparer.Ordinal);
        for (var i = 0; i < hashes.Length; i++)
            wanted.TryAdd(hashes[i], drafts[i]);
        var known = await FindAsync(projectId, [.. wanted.Keys], ct);
        if (known.Count < wanted.Count)
            known = await AddAsync(projectId, drafts[0].Source, wanted, known, now, ct);
        await MarkExtremesAsync(drafts, hashes, known, ct);
        var limit = MetricErrors.SeriesLimit(options.Value.MaxSeriesPerProject);
        return [.. hashes.Select(hash => known.TryGetValue(hash, out var series) ? (Result<MetricSeries>)series : limit)];
    }

    private async Task<Dictionary<string, MetricSeries>> AddAsync(
        Guid projectId, MetricSource source, Dictionary<string, MetricDraft> wanted, Dictionary<string, MetricSeries> known, DateTimeOffset now, CancellationToken ct)
    {
        if (!await db.LockProjectAsync(projectId, ct))
            return known; // not an active project: what it has is written to, nothing is added
        known = await FindAsync(projectId, [.. wanted.Keys], ct); // others may have added some before the lock
        var free = options.Value.MaxSeriesPerProject - await db.MetricSeries.CountAsync(series => series.ProjectId == projectId && series.Source == source, ct);
        foreach (var (hash, draft) in wanted.Where(pair => !known.ContainsKey(pair.Key)).Take(Math.Max(0, free)).ToList())
            known.Add(hash, db.Add(New(projectId, hash, draft, now)).Entity);
        await db.SaveChangesAsync(ct);
        return known;
    }

    private Task<Dictionary<string, MetricSeries>> FindAsync(Guid projectId, string[] hashes, CancellationToken ct) => db.MetricSeries.AsNoTracking()
        .Where(series => series.ProjectId == projectId && hashes.Contains(series.Hash)).ToDictionaryAsync(series => series.Hash, StringComparer.Ordinal, ct);

    private async Task MarkExtremesAsync(IReadOnlyList<MetricDraft> drafts, string[] hashes, Dictionary<string, MetricSeries> known, CancellationToken ct)
    {
        var extremes = hashes.Where((_, i) => Math.Abs(drafts[i].Value) > MetricRollup.LargestValue).Distinct().Where(known.ContainsKey).Select(hash => known[hash].Id).ToList();
        if (extremes.Count > 0)
            await db.MetricSeries.Where(series => extremes.Contains(series.Id)).ExecuteUpdateAsync(set => set.SetProperty(series => series.IsExtreme, true), ct);
    }

    private MetricSeries New(Guid projectId, string hash, MetricDraft draft, DateTimeOffset now) => new()
    {
        OrganizationId = db.Caller.OrganizationId!.Value,
        ProjectId = projectId,
        Name = draft.Name,
        Type = draft.Type,
        Kind = draft.Kind,
        Unit = draft.Unit,
        Source = draft.Source,
        Tags = draft.Tags,
        Hash = hash,
        CreatedAt = now,
    };
}
