using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Domains;

/// <summary>Reads domains of the active organization.</summary>
public sealed class DomainQueries(PlatformDbContext db, AuditTrail audit)
{
    /// <summary>The newest first.</summary>
    public async Task<Page<Domain>> ListAsync(DomainFilter filter, int offset, int limit, CancellationToken ct)
    {
        var matches = Matching(filter);
        var total = await matches.LongCountAsync(ct);
        var rows = await matches.OrderByDescending(domain => domain.CreatedAt).ThenByDescending(domain => domain.Id).Skip(offset).Take(limit).AsNoTracking().ToListAsync(ct);
        return new Page<Domain>(rows, total, limit, offset);
    }

    /// <summary>The domain, to be changed; the running operation's audit entry names it. 403 without the permission in its project.</summary>
    public async Task<Result<Domain>> FindAsync(Guid id, string permission, CancellationToken ct)
    {
        if (await db.Domains.SingleOrDefaultAsync(domain => domain.Id == id, ct) is not { } domain)
            return DomainErrors.NotFound;
        audit.Target("domain", domain.Id, domain.Name);
        return db.Caller.CanIn(domain.ProjectId, permission) ? domain : PermissionErrors.Missing(db.Caller, permission);
    }

    private IQueryable<Domain> Matching(DomainFilter filter)
    {
        var domains = db.Domains.AsQueryable();
        if (filter.ProjectId is { } project)
            domains = domains.Where(domain => domain.ProjectId == project);
        if (filter.Statuses.Count > 0)
            domains = domains.Where(domain => filter.Statuses.Contains(domain.Status));
        if (filter.Search?.Trim().ToLowerInvariant() is { Length: > 0 } text)
            domains = domains.Where(domain => domain.Name.Contains(text));
        return domains;
    }
}
