using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Metrics;

namespace Platform.UserFunctions;

/// <summary>A line of a function's log on its own.</summary>
public sealed record FunctionLogEntry(Guid InvocationId, int Version, DateTimeOffset Timestamp, string Stream, string Level, string Message);

/// <summary>Reads what was recorded of invocations.</summary>
public sealed class InvocationQueries(PlatformDbContext db, InvocationJournal flush)
{
    // What a text is looked for in; older invocations are not searched.
    private const int MostSearched = 5000;

    public async Task<Page<FunctionInvocation>> ListAsync(Guid functionId, FunctionLogFilter filter, CancellationToken ct)
    {
        await flush.FlushAsync(ct);
        var matches = Matching(functionId, filter);
        if (!filter.LooksIntoLines)
        {
            var total = await matches.LongCountAsync(ct);
            return new Page<FunctionInvocation>(await Ordered(matches, filter.Order).Skip(filter.Offset).Take(filter.Limit).AsNoTracking().ToListAsync(ct), total, filter.Limit, filter.Offset);
        }

        List<FunctionInvocation> found = [];
        await foreach (var row in Ordered(matches, filter.Order).Take(MostSearched).AsNoTracking().AsAsyncEnumerable().WithCancellation(ct))
        {
            if (row.Logs.Any(filter.Takes))
                found.Add(row);
        }

        return new Page<FunctionInvocation>([.. found.Skip(filter.Offset).Take(filter.Limit)], found.Count, filter.Limit, filter.Offset);
    }

    /// <summary>The lines alone.</summary>
    public async Task<Page<FunctionLogEntry>> LinesAsync(Guid functionId, FunctionLogFilter filter, CancellationToken ct)
    {
        await flush.FlushAsync(ct);
        List<FunctionLogEntry> page = [];
        var total = 0L;
        await foreach (var row in Ordered(Matching(functionId, filter), filter.Order).Take(MostSearched).AsNoTracking().AsAsyncEnumerable().WithCancellation(ct))
        {
            var lines = filter.Order == SortOrder.Asc ? row.Logs : row.Logs.Reverse();
            foreach (var line in lines.Where(filter.Takes))
            {
                if (total++ >= filter.Offset && page.Count < filter.Limit)
                    page.Add(new FunctionLogEntry(row.Id, row.VersionNumber, line.Timestamp, line.Stream, line.Level, line.Message));
            }
        }

        return new Page<FunctionLogEntry>(page, total, filter.Limit, filter.Offset);
    }

    private IQueryable<FunctionInvocation> Matching(Guid functionId, FunctionLogFilter filter)
    {
        var rows = db.FunctionInvocations.Where(row => row.FunctionId == functionId);
        var (statuses, versions, triggers) = (filter.Status, filter.Version, filter.Trigger);
        if (filter.InvocationId is { } id)
            rows = rows.Where(row => row.Id == id);
        if (statuses.Count > 0)
            rows = rows.Where(row => statuses.Contains(row.Status));
        if (versions.Count > 0)
            rows = rows.Where(row => versions.Contains(row.VersionNumber));
        if (triggers.Count > 0)
            rows = rows.Where(row => triggers.Contains(row.Trigger));
        if (filter.From is { } from)
            rows = rows.Where(row => row.CreatedAt >= from);
        if (filter.To is { } to)
            rows = rows.Where(row => row.CreatedAt < to);
        return rows;
    }

    private static IOrderedQueryable<FunctionInvocation> Ordered(IQueryable<FunctionInvocation> rows, SortOrder order) => order == SortOrder.Asc
        ? rows.OrderBy(row => row.CreatedAt).ThenBy(row => row.Id)
        : rows.OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id);
}
