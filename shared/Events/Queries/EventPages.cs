using Microsoft.EntityFrameworkCore;

using Platform.Data;

namespace Platform.Events;

/// <summary>Reads a page of a query over events, and counts its matches where the page does not tell.</summary>
public sealed class EventPages(PlatformDbContext db, TimeProvider clock)
{
    public static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(10);

    /// <summary>A page ends early above it: the outputs of a thousand executions do not fit into one answer.</summary>
    private const long MostCharacters = 16 << 20;

    public Task<Result<EventPage<PlatformEvent>>> ReadAsync(IQueryable<PlatformEvent> matching, IQueryable<PlatformEvent> ordered, int skip, int limit, CancellationToken ct) =>
        ReadAsync(ordered.AsNoTracking().Skip(skip).Take(limit).AsAsyncEnumerable(), stored => stored.Payload.Length + stored.Metadata.Length, bound => matching.LongCountAsync(bound), skip, limit, ct);

    /// <param name="rows">The page, at most <paramref name="limit"/> of them.</param>
    /// <param name="length">Characters of what makes a row large.</param>
    /// <param name="count">Counts all matches.</param>
    public Task<Result<EventPage<T>>> ReadAsync<T>(IAsyncEnumerable<T> rows, Func<T, int> length, Func<CancellationToken, Task<long>> count, int skip, int limit, CancellationToken ct) =>
        db.ReadWithinAsync<EventPage<T>>(LongestSearch, EventErrors.TooSlow, clock, async bound =>
        {
            List<T> page = [];
            var characters = 0L;
            await foreach (var row in rows.WithCancellation(bound))
            {
                page.Add(row);
                if ((characters += length(row)) > MostCharacters)
                    break;
            }

            var isLast = page.Count < limit && characters <= MostCharacters && (page.Count > 0 || skip == 0);
            return new EventPage<T>(page, isLast ? skip + page.Count : await count(bound), limit, skip);
        }, ct);
}
