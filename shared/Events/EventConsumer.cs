using System.Text.Json;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.DeadLetters;
using Platform.Identity;

namespace Platform.Events;

/// <summary>
/// Deals with the notices of a subscription. Events of one aggregate are handled in their order: a notice that overtook another first handles the events before
/// it, and the one that comes late finds its event done. See <see cref="EventDelivery"/> for what happens to one event.
/// </summary>
public sealed class EventConsumer(IServiceScopeFactory scopes, DatabaseReady ready, EventSubscriptions subscriptions, RecentEvents recent, EventDelivery delivery)
{
    /// <summary>How much earlier than the event of a notice another may be to be handled with it; a new subscription does not go through the history of an old aggregate.</summary>
    private static readonly TimeSpan CatchUp = TimeSpan.FromHours(1);

    private static readonly HotQuery<Func<PlatformDbContext, string, string, CancellationToken, Task<long>>> Done = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, string consumer, string aggregate, CancellationToken ct) =>
            db.ConsumerOffsets.Where(o => o.Consumer == consumer && o.AggregateId == aggregate).Select(o => o.Sequence).SingleOrDefault()));

    private readonly KeyedGate _aggregates = new();

    public async Task HandleAsync(string subscription, EventNotice notice, CancellationToken ct)
    {
        if (notice.RedeliverTo is { } target && target != subscription)
            return;
        if (subscriptions.Find(subscription, notice.EventType).Count == 0)
            return;

        await ready.WaitAsync(ct);
        using var turn = await _aggregates.EnterAsync($"{subscription}\n{notice.AggregateId ?? notice.EventId.ToString()}", ct);
        foreach (var stored in await PendingAsync(subscription, notice, ct))
            await delivery.DeliverAsync(subscription, stored, ct);
    }

    /// <summary>The event of a notice; null when it was deleted since, or is no news for the subscription.</summary>
    public async Task<PlatformEvent?> FindAsync(string subscription, EventNotice notice, CancellationToken ct)
    {
        if (recent.Find(notice.EventId) is { } known)
            return Takes(subscription, known) ? known : null;
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        return await FindAsync(scope.ServiceProvider.GetRequiredService<PlatformDbContext>(), subscription, notice, ct);
    }

    private async Task<PlatformEvent?> FindAsync(PlatformDbContext db, string subscription, EventNotice notice, CancellationToken ct)
    {
        var stored = recent.Find(notice.EventId) ?? await db.Events.AsNoTracking().SingleOrDefaultAsync(e => e.EventId == notice.EventId, ct);
        stored ??= await KeptAsync(db, notice, ct);
        return stored is not null && Takes(subscription, stored) ? stored : null;
    }

    private async Task<List<PlatformEvent>> PendingAsync(string subscription, EventNotice notice, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        if (await FindAsync(db, subscription, notice, ct) is not { } stored)
            return [];

        var pending = new List<PlatformEvent>();
        if (notice.RedeliverTo is null && stored.AggregateId is { } aggregate)
        {
            var done = await Done.For(db)(db, ConsumerMarks.TrackOf(subscription, stored), aggregate, ct);
            if (stored.Sequence <= done)
                return [];
            pending = await EarlierAsync(db, subscription, stored, done, ct);
            pending.RemoveAll(e => !Takes(subscription, e));
        }

        pending.Add(stored);
        return pending;
    }

    // A dead letter outlives its event.
    private static async Task<PlatformEvent?> KeptAsync(PlatformDbContext db, EventNotice notice, CancellationToken ct)
    {
        if (notice.RedeliverTo is not { } target)
            return null;
        var letter = await db.DeadLetters.AsNoTracking().FirstOrDefaultAsync(m => m.EventId == notice.EventId && m.Consumer == target, ct);
        return letter?.ToEvent();
    }

    private Task<List<PlatformEvent>> EarlierAsync(PlatformDbContext db, string subscription, PlatformEvent stored, long done, CancellationToken ct)
    {
        var types = subscriptions.EventTypesOf(subscription);
        var since = stored.StoredAt - CatchUp;
        var earlier = db.Events.AsNoTracking()
            .Where(e => e.AggregateId == stored.AggregateId && e.Sequence > done && e.Sequence < stored.Sequence && e.StoredAt >= since && types.Contains(e.EventType));
        return (stored.ReplayOf is null ? earlier.Where(e => e.ReplayOf == null) : earlier.Where(e => e.ReplayOf != null))
            .OrderBy(e => e.Sequence).ToListAsync(ct);
    }

    private bool Takes(string subscription, PlatformEvent stored) =>
        stored.IsNewsFor(ConsumerServices.Of(subscription)) || subscriptions.Find(subscription, stored.EventType).Any(s => s.TakesReplays);
}
