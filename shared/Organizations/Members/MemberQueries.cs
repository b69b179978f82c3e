using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Organizations;

/// <summary>Reads the members of an organization that the caller was let into.</summary>
public sealed class MemberQueries(PlatformDbContext db, TimeProvider clock)
{
    /// <summary>All members, by rank and time of joining, with their grants.</summary>
    public async Task<IReadOnlyList<MemberDetails>> ListAsync(Guid organizationId, CancellationToken ct)
    {
        var members = await Details(db.Memberships.Where(member => member.OrganizationId == organizationId)).ToListAsync(ct);
        var grants = (await GrantsAsync(organizationId, userId: null, ct)).ToLookup(grant => grant.UserId, grant => grant.Grant);
        return [.. members.OrderBy(member => member.Role).ThenBy(member => member.JoinedAt).Select(member => member with { Grants = [.. grants[member.UserId]] })];
    }

    /// <summary>One member; null when the user is none.</summary>
    public async Task<MemberDetails?> FindAsync(Guid organizationId, Guid userId, CancellationToken ct)
    {
        var member = await Details(db.Memberships.Where(row => row.OrganizationId == organizationId && row.UserId == userId)).SingleOrDefaultAsync(ct);
        return member is null ? null : member with { Grants = [.. (await GrantsAsync(organizationId, userId, ct)).Select(grant => grant.Grant)] };
    }

    private IQueryable<MemberDetails> Details(IQueryable<Membership> members) =>
        from member in members
        join user in db.Users on member.UserId equals user.Id
        select new MemberDetails
        {
            MemberId = member.Id,
            UserId = user.Id,
            Username = user.Username,
            DisplayName = user.DisplayName,
            FirstName = user.FirstName,
            LastName = user.LastName,
            Email = user.Email,
            AvatarUrl = user.AvatarUrl,
            Role = member.Role,
            ProjectBound = member.ProjectBound,
            InvitedBy = member.InvitedBy,
            JoinedAt = member.JoinedAt,
            LastActiveAt = member.LastActiveAt,
        };

    private async Task<List<(Guid UserId, GrantDetails Grant)>> GrantsAsync(Guid organizationId, Guid? userId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var rows = await (
            from assignment in db.RoleAssignments
            where assignment.OrganizationId == organizationId && (userId == null || assignment.UserId == userId) && (assignment.ExpiresAt == null || assignment.ExpiresAt > now)
            join project in db.Projects on assignment.ProjectId equals project.Id
            where project.Status != ProjectStatus.Deleted
            orderby project.Name
            select new { assignment.UserId, assignment.RoleId, project.Id, project.Name }).ToListAsync(ct);
        return [.. rows.Where(row => BuiltInRoles.Find(row.RoleId)?.Project is not null)
            .Select(row => (row.UserId, new GrantDetails(row.Id, row.Name, BuiltInRoles.Find(row.RoleId)!.Project!.Value)))];
    }
}
