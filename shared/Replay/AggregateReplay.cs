using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Events;

namespace Platform.Replay;

/// <summary>Replays the events of one aggregate onto the bus within the request.</summary>
public sealed class AggregateReplay(ReplaySelection selection, ReplayParts parts, ReplayBus bus, AuditTrail audit, TimeProvider clock)
{
    private const int MostEvents = 1000;
    private const int MostCharacters = 64;
    private const int Batch = 100;
    private static readonly TimeSpan PauseBetween = TimeSpan.FromMilliseconds(100);

    public async Task<Result<AggregateAnswer>> RunAsync(string aggregateId, string? targetService, bool dryRun, CancellationToken ct)
    {
        audit.Note("dry_run", dryRun);
        if (!CanBeId(aggregateId))
            return ReplayErrors.NoEvents(aggregateId);
        var found = await Of(aggregateId).GroupBy(e => e.EventType)
            .Select(type => new { Type = type.Key, Count = type.LongCount(), First = type.Min(e => e.Timestamp), Last = type.Max(e => e.Timestamp) }).ToListAsync(ct);
        var count = found.Sum(type => type.Count);
        if (count == 0)
            return ReplayErrors.NoEvents(aggregateId);
        if (dryRun)
            return new AggregatePreview(aggregateId, count, [.. found.Select(type => type.Type).Order(StringComparer.Ordinal)], found.Min(type => type.First), found.Max(type => type.Last));
        return count > MostEvents ? ReplayErrors.UseSession : await ReplayAsync(aggregateId, targetService, ct);
    }

    private async Task<AggregateReplayed> ReplayAsync(string aggregateId, string? targetService, CancellationToken ct)
    {
        var source = new ReplaySource(null, ReplaySource.NewCorrelationId(clock.GetUtcNow()), targetService, PreserveTimestamps: false);
        var (replayed, after) = (0, 0L);
        while (await NextAsync(aggregateId, after, ct) is { Count: > 0 } next)
        {
            replayed += await SendAsync(next, source, ct);
            after = next[^1].Sequence!.Value;
            if (next.Count < Batch)
                break;
            await Task.Delay(PauseBetween, clock, ct);
        }

        return new AggregateReplayed(aggregateId, replayed, source.CorrelationId);
    }

    private async Task<int> SendAsync(IReadOnlyList<PlatformEvent> events, ReplaySource source, CancellationToken ct)
    {
        var sent = 0;
        foreach (var part in parts.Of(events, ReplayTarget.Kafka, source.TargetService).Where(part => part.Problem is null))
        {
            if ((await bus.SendAsync(part.Events, source, _ => Task.FromResult(true), ct)).IsOk)
                sent += part.Events.Count;
        }

        return sent;
    }

    private Task<List<PlatformEvent>> NextAsync(string aggregateId, long after, CancellationToken ct) =>
        Of(aggregateId).Where(e => e.Sequence > after).OrderBy(e => e.Sequence).Take(Batch).ToListAsync(ct);

    private IQueryable<PlatformEvent> Of(string aggregateId) => selection.Matching(ReplayType.Query, new ReplayFilter { AggregateId = aggregateId });

    private static bool CanBeId(string text) => text.Length <= MostCharacters && !text.Any(char.IsControl);
}
