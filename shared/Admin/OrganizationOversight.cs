using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.Admin;

/// <summary>What an operator changes of an organization; null leaves a member as it is.</summary>
public sealed record OversightChange(string? Name, string? Slug, string? Logo, string? Metadata, bool? Suspended);

/// <summary>Operators read, change, suspend and delete organizations that they are no members of.</summary>
public sealed class OrganizationOversight(
    PlatformDbContext db, OrganizationService organizations, DeleteOrganization deletion, SessionDirectory sessions, AuditTrail audit, TimeProvider clock)
{
    private static readonly Error HasMembers = Error.Invalid("organization.has_members", "Cannot delete organization with members");

    public async Task<Page<OrganizationSummary>> ListAsync(int limit, int offset, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        var rows = Living();
        var page = await rows.OrderByDescending(organization => organization.CreatedAt).ThenByDescending(organization => organization.Id).Skip(offset).Take(limit)
            .Select(OrganizationSummary.Projection(db)).ToListAsync(ct);
        return new Page<OrganizationSummary>(page, await rows.LongCountAsync(ct), limit, offset);
    }

    public async Task<Result<OrganizationRecord>> FindAsync(Guid id, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        if (await Living().Where(organization => organization.Id == id).Select(OrganizationSummary.Projection(db)).SingleOrDefaultAsync(ct) is not { } summary)
            return OrganizationErrors.NotFound;
        var members = from member in db.Memberships
                      join user in db.Users on member.UserId equals user.Id
                      where member.OrganizationId == id
                      orderby member.JoinedAt, member.Id
                      select new OrganizationPerson(member.Id, member.Role, member.JoinedAt, user.Id, user.DisplayName, user.Email);
        var projects = db.Projects.Where(project => project.OrganizationId == id && project.Status != ProjectStatus.Deleted).OrderBy(project => project.Id)
            .Select(project => new OrganizationProject(project.Id, project.Name, project.Slug, project.IsDefault, project.Status, project.CreatedAt));
        return new OrganizationRecord(summary, await members.ToListAsync(ct), await projects.ToListAsync(ct));
    }

    /// <summary>Members of a suspended organization read on, and start nothing.</summary>
    public async Task<Result<Nothing>> ChangeAsync(Guid id, OversightChange change, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        if (await db.Organizations.SingleOrDefaultAsync(row => row.Id == id && row.Status != OrganizationStatus.Deleting, ct) is not { } organization)
            return OrganizationErrors.NotFound;
        if (change.Suspended is { } suspended && suspended != (organization.Status == OrganizationStatus.Suspended))
        {
            audit.Change("status", organization.Status, suspended ? OrganizationStatus.Suspended : OrganizationStatus.Active);
            if (organization.Suspend(suspended, clock.GetUtcNow()) is { } refusal)
                return refusal;
        }
        var changed = await organizations.ChangeAsync(id, new OrganizationChange(change.Name ?? organization.Name, change.Slug, change.Logo, change.Metadata), ct);
        sessions.ForgetAll();
        return changed;
    }

    /// <param name="force">Although there are other members than its owner.</param>
    public async Task<Result<Nothing>> DeleteAsync(Guid id, bool force, CancellationToken ct)
    {
        if (!await Living().AnyAsync(organization => organization.Id == id, ct))
            return OrganizationErrors.NotFound;
        using (db.ActAs(Caller.Platform))
        {
            if (!force && await db.Memberships.CountAsync(member => member.OrganizationId == id, ct) > 1)
                return HasMembers;
        }
        return await deletion.DeleteAsync(id, withItsPerson: false, ct);
    }

    private IQueryable<Organization> Living() => db.Organizations.AsNoTracking().Where(organization => organization.Status != OrganizationStatus.Deleting);
}
