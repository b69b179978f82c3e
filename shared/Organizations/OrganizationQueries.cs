using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Reads the organizations of a user, whichever is active; every query names the user.</summary>
public sealed class OrganizationQueries(PlatformDbContext db, TimeProvider clock)
{
    /// <summary>Every organization of the caller, the newest first; with an access token only the token's.</summary>
    public Task<IReadOnlyList<OrganizationDetails>> ListAsync(Caller caller, CancellationToken ct) =>
        ReadAsync(caller.UserId!.Value, caller.Credential == CredentialKind.AccessToken ? caller.OrganizationId : null, ct);

    /// <summary>One organization as the user sees it; null when he is no member.</summary>
    public async Task<OrganizationDetails?> FindAsync(Guid userId, Guid organizationId, CancellationToken ct) => await ReadAsync(userId, organizationId, ct) is [var details] ? details : null;

    private async Task<IReadOnlyList<OrganizationDetails>> ReadAsync(Guid userId, Guid? only, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        var found = await Details(userId).Where(organization => only == null || organization.Id == only)
            .OrderByDescending(organization => organization.CreatedAt).ThenByDescending(organization => organization.Id).ToListAsync(ct);
        var grants = await AccessReader.GrantsAsync(db, [userId], clock.GetUtcNow(), ct);
        return found.ConvertAll(details => details with { Grants = [.. grants[(userId, details.Id)].Select(grant => BuiltInRoles.Find(grant.RoleId)?.Project).OfType<ProjectRole>()] });
    }

    private IQueryable<OrganizationDetails> Details(Guid userId) =>
        from member in db.Memberships
        where member.UserId == userId
        join organization in db.Organizations on member.OrganizationId equals organization.Id
        select new OrganizationDetails
        {
            Id = organization.Id,
            Name = organization.Name,
            Slug = organization.Slug,
            Logo = organization.Logo,
            Metadata = organization.Metadata,
            IsPersonal = organization.IsPersonal,
            Status = organization.Status,
            CreatedAt = organization.CreatedAt,
            Role = member.Role,
            ProjectBound = member.ProjectBound,
            MemberCount = db.Memberships.Count(row => row.OrganizationId == organization.Id),
            ProjectCount = db.Projects.Count(project => project.OrganizationId == organization.Id && project.Status != ProjectStatus.Deleted),
        };
}
