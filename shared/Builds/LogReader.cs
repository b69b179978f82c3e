using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Builds;

/// <summary>Reads logs by their chunks. Without conditions only the chunks of the page are read; with them all, one after another.</summary>
public sealed class LogReader(PlatformDbContext db, BuildLogSignal signal, TimeProvider clock)
{
    /// <summary>A page of the log. With <see cref="LogQuery.Wait"/> it waits for a line beyond <see cref="LogQuery.After"/> or the end of the build.</summary>
    public async Task<LogPage> ReadAsync(Guid buildId, LogQuery query, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            var next = signal.Next(buildId);
            var (lines, isOver) = await StateAsync(buildId, ct);
            if (lines > (query.After ?? 0) || isOver || clock.GetElapsedTime(began) >= TimeSpan.FromSeconds(query.Wait))
            {
                if (isOver)
                    signal.Forget(buildId);
                return await PageAsync(buildId, query, lines, isOver, ct);
            }

            await signal.WaitAsync(next, ct);
        }
    }

    /// <summary>The lines beyond a sequence, at most <paramref name="most"/>, and whether the build is over.</summary>
    public async Task<(IReadOnlyList<LogLine> Lines, bool IsOver)> AfterAsync(Guid buildId, long after, int most, CancellationToken ct)
    {
        var (_, isOver) = await StateAsync(buildId, ct); // before the lines, so that none of an ended build is missed
        var lines = new List<LogLine>();
        await foreach (var line in LinesAsync(buildId, after, SortOrder.Asc, ct))
        {
            lines.Add(line);
            if (lines.Count == most)
                break;
        }

        return (lines, isOver);
    }

    private async Task<LogPage> PageAsync(Guid buildId, LogQuery query, long last, bool isOver, CancellationToken ct)
    {
        var after = query.After ?? 0;
        var lines = new List<LogLine>();
        long total;
        if (!query.FiltersLines)
        {
            total = Math.Max(0, last - after);
            await foreach (var line in LinesAsync(buildId, after, query, last, ct))
                lines.Add(line);
        }
        else
        {
            total = 0;
            await foreach (var line in LinesAsync(buildId, after, query.Order, ct))
            {
                if (line.Sequence > last || !query.Takes(line))
                    continue;
                if (total >= query.Offset && lines.Count < query.Limit)
                    lines.Add(line);
                total++;
            }
        }

        var readAll = query.Order == SortOrder.Asc ? query.Offset + lines.Count >= total : query.Offset == 0 && lines.Count >= total;
        var nextAfter = query.Order == SortOrder.Asc && !readAll && lines.Count > 0 ? lines[^1].Sequence : Math.Max(after, last);
        return new LogPage(lines, total, query.Limit, query.Offset, nextAfter, isOver && readAll);
    }

    // Sequences have no gaps, so a page without conditions is a range of them.
    private async IAsyncEnumerable<LogLine> LinesAsync(Guid buildId, long after, LogQuery query, long last, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var (from, to) = query.Order == SortOrder.Asc
            ? (after + query.Offset + 1, Math.Min(last, after + query.Offset + query.Limit))
            : (Math.Max(after + 1, last - query.Offset - query.Limit + 1), last - query.Offset);
        if (from > to)
            yield break;
        var chunks = Chunks(buildId).Where(chunk => chunk.Last >= from && chunk.First <= to);
        chunks = query.Order == SortOrder.Asc ? chunks.OrderBy(chunk => chunk.First) : chunks.OrderByDescending(chunk => chunk.First);
        foreach (var chunk in await chunks.ToListAsync(ct))
        {
            foreach (var line in InOrder(LogChunkCodec.Unpack(chunk), query.Order).Where(line => line.Sequence >= from && line.Sequence <= to))
                yield return line;
        }
    }

    private async IAsyncEnumerable<LogLine> LinesAsync(Guid buildId, long after, SortOrder order, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        const int Batch = 50;
        var edge = order == SortOrder.Asc ? after : long.MaxValue;
        while (true)
        {
            var at = edge;
            var batch = order == SortOrder.Asc
                ? await Chunks(buildId).Where(chunk => chunk.Last > at).OrderBy(chunk => chunk.First).Take(Batch).ToListAsync(ct)
                : await Chunks(buildId).Where(chunk => chunk.First < at && chunk.Last > after).OrderByDescending(chunk => chunk.First).Take(Batch).ToListAsync(ct);
            foreach (var line in batch.SelectMany(chunk => InOrder(LogChunkCodec.Unpack(chunk), order)).Where(line => line.Sequence > after))
                yield return line;
            if (batch.Count < Batch)
                yield break;
            edge = order == SortOrder.Asc ? batch[^1].Last : batch[^1].First;
        }
    }

    private IQueryable<BuildLogChunk> Chunks(Guid buildId) => db.BuildLogChunks.AsNoTracking().Where(chunk => chunk.BuildId == buildId);

    private static IEnumerable<LogLine> InOrder(IReadOnlyList<LogLine> lines, SortOrder order) => order == SortOrder.Asc ? lines : lines.Reverse();

    private async Task<(long Lines, bool IsOver)> StateAsync(Guid buildId, CancellationToken ct)
    {
        var found = await db.Builds.AsNoTracking().Where(build => build.Id == buildId).Select(build => new { build.LogLines, build.Status }).SingleOrDefaultAsync(ct);
        return found is null ? (0, true) : (found.LogLines, found.Status.IsOver());
    }
}
