using Microsoft.EntityFrameworkCore;

using Platform.Data;

namespace Platform.Events;

/// <summary>The list that clients ask for most: a user's events of all types within a time, in its order. Served by the index of a user's events.</summary>
internal static class OwnEventReads
{
    private static readonly HotQuery<Func<PlatformDbContext, Guid, DateTimeOffset, DateTimeOffset, int, int, IAsyncEnumerable<EventView>>> NewestFirst = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, Guid user, DateTimeOffset from, DateTimeOffset to, int skip, int limit) => db.Events
            .Where(e => e.UserId == user && e.Timestamp >= from && e.Timestamp <= to).OrderByDescending(e => e.Timestamp).ThenByDescending(e => e.RowId).Skip(skip).Take(limit).Select(EventView.Projection)));

    private static readonly HotQuery<Func<PlatformDbContext, Guid, DateTimeOffset, DateTimeOffset, int, int, IAsyncEnumerable<EventView>>> OldestFirst = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, Guid user, DateTimeOffset from, DateTimeOffset to, int skip, int limit) => db.Events
            .Where(e => e.UserId == user && e.Timestamp >= from && e.Timestamp <= to).OrderBy(e => e.Timestamp).ThenBy(e => e.RowId).Skip(skip).Take(limit).Select(EventView.Projection)));

    private static readonly HotQuery<Func<PlatformDbContext, Guid, DateTimeOffset, DateTimeOffset, CancellationToken, Task<long>>> Count = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, Guid user, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) => db.Events.LongCount(e => e.UserId == user && e.Timestamp >= from && e.Timestamp <= to)));

    public static IAsyncEnumerable<EventView> ListOwn(this PlatformDbContext db, OwnEvents own, bool descending, int skip, int limit) =>
        (descending ? NewestFirst : OldestFirst).For(db)(db, own.UserId, own.From, own.To, skip, limit);

    public static Task<long> CountOwnAsync(this PlatformDbContext db, OwnEvents own, CancellationToken ct) => Count.For(db)(db, own.UserId, own.From, own.To, ct);
}

/// <summary>A user's events within a time, both ends inclusive.</summary>
internal sealed record OwnEvents(Guid UserId, DateTimeOffset From, DateTimeOffset To);
