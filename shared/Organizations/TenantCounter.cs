using Platform.Data;

namespace Platform.Organizations;

/// <summary>An area's answer to how much of something an organization or project has. Words of the wire: <c>jobs</c>, <c>tests</c>, <c>monitors</c>, <c>runs</c>.</summary>
public sealed record TenantCounter(string What, Func<PlatformDbContext, TenantScope, CancellationToken, Task<int>> CountAsync);

/// <summary>Asks the areas; what no area counts there is none of.</summary>
public sealed class TenantCounts(PlatformDbContext db, IEnumerable<TenantCounter> counters)
{
    public async Task<int> CountAsync(string what, TenantScope tenant, CancellationToken ct)
    {
        var total = 0;
        foreach (var counter in counters.Where(counter => counter.What == what))
            total += await counter.CountAsync(db, tenant, ct);
        return total;
    }
}
