using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;

namespace Platform.Executions;

/// <summary>Executions are aggregates; whose they are may change when accounts are merged, and their events keep the former owner.</summary>
internal sealed class ExecutionAggregates(PlatformDbContext db) : IAggregateOwners
{
    public async Task<IReadOnlyCollection<string>> OwnedAsync(IReadOnlyCollection<string> aggregateIds, CancellationToken ct)
    {
        var ids = aggregateIds.Select(text => Guid.TryParseExact(text, "D", out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).ToList();
        return ids.Count == 0 ? [] : (await db.Executions.Where(e => ids.Contains(e.Id)).Select(e => e.Id).ToListAsync(ct)).ConvertAll(id => id.ToString());
    }
}
