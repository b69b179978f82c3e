using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.UserFunctions;

/// <summary>What a list of functions tells of the last day.</summary>
public sealed record FunctionStats(long Invocations24h, long Errors24h, double? P95DurationMs24h, DateTimeOffset? LastInvokedAt);

/// <summary>Reads the figures of the last day for several functions at once.</summary>
public sealed class FunctionStatistics(PlatformDbContext db, InvocationJournal journal, TimeProvider clock)
{
    private const int Most = 200_000;

    public async Task<IReadOnlyDictionary<Guid, FunctionStats>> ReadAsync(IReadOnlyList<UserFunction> functions, CancellationToken ct)
    {
        await journal.FlushAsync(ct);
        var ids = functions.Select(function => function.Id).ToList();
        var from = clock.GetUtcNow().AddDays(-1);
        var rows = await db.FunctionInvocations.AsNoTracking()
            .Where(row => ids.Contains(row.FunctionId) && row.Trigger == InvocationTrigger.Invoke && row.CreatedAt >= from && row.Status != InvocationStatus.Throttled)
            .OrderByDescending(row => row.CreatedAt).Take(Most).Select(row => new { row.FunctionId, row.Status, row.DurationMs, row.CreatedAt }).ToListAsync(ct);
        var byFunction = rows.ToLookup(row => row.FunctionId);
        return functions.ToDictionary(function => function.Id, function =>
        {
            var own = byFunction[function.Id].ToList();
            var durations = own.Where(row => row.Status != InvocationStatus.Timeout).Select(row => row.DurationMs).Order().ToList();
            return new FunctionStats(
                own.Count, own.Count(row => row.Status != InvocationStatus.Success), Figures.Percentile(durations, 95),
                own.Count == 0 ? function.LastInvokedAt : own.Max(row => row.CreatedAt) is var last && last > function.LastInvokedAt ? last : function.LastInvokedAt ?? own.Max(row => row.CreatedAt));
        });
    }
}
