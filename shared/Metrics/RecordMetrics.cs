using Platform.Data;
using Platform.Idempotency;

namespace Platform.Metrics;

/// <summary>Stores points, all that are acceptable in one transaction, together with the roll-ups that they add to.</summary>
public sealed class RecordMetrics(PlatformDbContext db, SeriesRegistry registry, PointWriter writer, IdempotentRequest idempotency, TimeProvider clock)
{
    /// <summary>The stored points and the refusals, in the order of the drafts.</summary>
    /// <param name="answer">What the caller will be told; kept for repetitions of his request when at least one point is stored.</param>
    public async Task<IReadOnlyList<Result<MetricPointView>>> RecordAsync(
        Guid projectId, IReadOnlyList<MetricDraft> drafts, Func<IReadOnlyList<Result<MetricPointView>>, object?> answer, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var outcomes = new Result<MetricPointView>[drafts.Count];
        List<int> good = [];
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (MetricRules.Check(drafts[i], now) is { } refusal)
                outcomes[i] = refusal;
            else
                good.Add(i);
        }

        return good.Count == 0 ? outcomes : await db.InTransactionAsync(() => StoreAsync(projectId, drafts, good, outcomes, answer, ct), ct);
    }

    private async Task<IReadOnlyList<Result<MetricPointView>>> StoreAsync(
        Guid projectId, IReadOnlyList<MetricDraft> drafts, List<int> good, Result<MetricPointView>[] outcomes, Func<IReadOnlyList<Result<MetricPointView>>, object?> answer, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var found = await registry.FindOrAddAsync(projectId, [.. good.Select(i => drafts[i])], now, ct);
        List<NewPoint> points = [];
        foreach (var (place, index) in good.Select((index, place) => (place, index)))
        {
            if (found[place].IsOk)
                points.Add(new NewPoint(found[place].Value.Id, (drafts[index].Timestamp ?? now).ToUnixTimeMilliseconds(), drafts[index].Value));
        }

        var ids = await writer.WriteAsync(points, ct);
        var written = 0;
        foreach (var (place, index) in good.Select((index, place) => (place, index)))
        {
            outcomes[index] = found[place].IsOk ? MetricPointView.Of(found[place].Value, ids[written], points[written].At, points[written].Value) : found[place].Error!;
            written += found[place].IsOk ? 1 : 0;
        }

        if (written > 0)
            idempotency.Complete(answer(outcomes));
        await db.SaveChangesAsync(ct);
        return outcomes;
    }
}

/// <summary>A point that is about to be stored; <paramref name="At"/> in milliseconds since 1970 UTC.</summary>
public readonly record struct NewPoint(long SeriesId, long At, double Value);
