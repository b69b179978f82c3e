using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Domains;

/// <summary>The domains that lead to something that is to go.</summary>
public sealed class DomainLinks(PlatformDbContext db, TimeProvider clock)
{
    public Task<bool> LeadToAsync(Guid functionId, CancellationToken ct) => db.Domains.AnyAsync(domain => domain.TargetFunctionId == functionId, ct);

    /// <summary>Has them lead nowhere, in the unit of work.</summary>
    public async Task CutAsync(Guid functionId, CancellationToken ct)
    {
        foreach (var domain in await db.Domains.Where(domain => domain.TargetFunctionId == functionId).OrderBy(domain => domain.Id).ToListAsync(ct))
        {
            domain.Lead(null);
            domain.Touch(clock.GetUtcNow());
        }
    }
}
