using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

using Platform.Data;

namespace Platform.Events;

/// <summary>Hands numbered events to the topic <c>platform-events</c> in their order, at least once, one node at a time.</summary>
public sealed class TopicRelay(DatabaseSettings settings, WriteGate writes, ITopicSender sender, EventSubscriptions subscriptions, IOptions<EventOptions> options) : IDisposable
{
    private const int Batch = 200;

    /// <summary>Nobody's events are passed over without a write until there are this many: one commit less per run.</summary>
    private const int LazyAdvance = 1000;

    private readonly SemaphoreSlim _one = new(1);

    public async Task RunAsync(PlatformDbContext db, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            while (settings.IsSqlite ? await ForwardAsync(db, ct) : await ForwardLockedAsync(db, ct))
            {
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    // The cursor's row is the lock between nodes; who finds it taken leaves the work to the other.
    private async Task<bool> ForwardLockedAsync(PlatformDbContext db, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var free = await db.Database.SqlQueryRaw<long>("SELECT value AS \"Value\" FROM relay_state WHERE name = 'forwarded' FOR UPDATE SKIP LOCKED").ToListAsync(ct);
        var more = free.Count > 0 && await ForwardAsync(db, ct);
        await transaction.CommitAsync(ct);
        return more;
    }

    private async Task<bool> ForwardAsync(PlatformDbContext db, CancellationToken ct)
    {
        var counters = await db.Set<RelayState>().AsNoTracking().ToDictionaryAsync(s => s.Name, s => s.Value, ct);
        var (forwarded, newest) = (counters[RelayState.Forwarded], counters[RelayState.Sequenced]);
        if (forwarded >= newest)
            return false;

        var events = await ReadAsync(db, forwarded, newest, ct);
        if (events.Count > 0)
            await sender.SendAsync(EventNotice.Topic, [.. events.Select(e => new EventNotice(e.EventId, e.EventType, e.AggregateId).ToMessage(e.EventId.ToString("D"), e.Sequence, e.CorrelationId))], ct);

        var more = events.Count == Batch;
        var reached = more ? events[^1].Sequence!.Value : newest;
        if (events.Count > 0 || reached - forwarded >= LazyAdvance)
            await AdvanceAsync(db, reached, ct);
        return more;
    }

    private Task<List<Header>> ReadAsync(PlatformDbContext db, long after, long upTo, CancellationToken ct)
    {
        var events = db.Events.AsNoTracking().Where(e => e.Sequence > after && e.Sequence <= upTo);
        if (!options.Value.ForwardAll)
        {
            if (subscriptions.EventTypes.Count == 0)
                return Task.FromResult(new List<Header>());
            events = events.Where(e => subscriptions.EventTypes.Contains(e.EventType));
        }

        return events.OrderBy(e => e.Sequence).Take(Batch).Select(e => new Header(e.EventId, e.EventType, e.AggregateId, e.Sequence, e.CorrelationId)).ToListAsync(ct);
    }

    private async Task AdvanceAsync(PlatformDbContext db, long reached, CancellationToken ct)
    {
        using var turn = await writes.EnterAsync(ct);
        await db.Set<RelayState>().Where(s => s.Name == RelayState.Forwarded).ExecuteUpdateAsync(set => set.SetProperty(s => s.Value, reached), ct);
    }

    private sealed record Header(Guid EventId, string EventType, string? AggregateId, long? Sequence, string? CorrelationId);
}
