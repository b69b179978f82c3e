using Microsoft.EntityFrameworkCore;

using Platform.Data;

namespace Platform.Events;

/// <summary>Reads a page of a query over events, and counts its matches where the page does not tell.</summary>
public sealed class EventPages(PlatformDbContext db, TimeProvider clock)
{
    public static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(10);

    /// <summary>A page ends early above it: the outputs of a thousand executions do not fit into one answer.</summary>
    private const long MostCharacters = 16 << 20;

    public Task<Result<EventPage>> ReadAsync(IQueryable<PlatformEvent> matching, IQueryable<PlatformEvent> ordered, int skip, int limit, CancellationToken ct) =>
        db.ReadWithinAsync<EventPage>(LongestSearch, EventErrors.TooSlow, clock, async bound =>
        {
            List<PlatformEvent> page = [];
            var characters = 0L;
            await foreach (var stored in ordered.AsNoTracking().Skip(skip).Take(limit).AsAsyncEnumerable().WithCancellation(bound))
            {
                page.Add(stored);
                if ((characters += stored.Payload.Length + stored.Metadata.Length) > MostCharacters)
                    break;
            }

            var isLast = page.Count < limit && characters <= MostCharacters && (page.Count > 0 || skip == 0);
            return new EventPage(page, isLast ? skip + page.Count : await matching.LongCountAsync(bound), limit, skip);
        }, ct);
}
