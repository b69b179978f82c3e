using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Reads what users may do in organizations. One query, whatever the number of roles and members.</summary>
public static class AccessReader
{
    /// <summary>Every unexpired assignment of the users, by user and organization.</summary>
    public static async Task<ILookup<(Guid UserId, Guid OrganizationId), RoleGrant>> GrantsAsync(PlatformDbContext db, IReadOnlyCollection<Guid> userIds, DateTimeOffset now, CancellationToken ct)
    {
        var rows = await (
            from assignment in db.RoleAssignments
            where userIds.Contains(assignment.UserId) && (assignment.ExpiresAt == null || assignment.ExpiresAt > now)
            from role in db.Roles.Where(role => role.Id == assignment.RoleId).DefaultIfEmpty()
            select new
            {
                assignment.UserId,
                assignment.OrganizationId,
                assignment.RoleId,
                assignment.ProjectId,
                Closure = role == null ? null : role.Closure,
                BuiltIns = role == null ? null : role.BuiltIns,
            }).ToListAsync(ct);
        return rows.ToLookup(
            row => (row.UserId, row.OrganizationId),
            row => row.Closure is null
                ? new RoleGrant(row.RoleId, row.ProjectId, BuiltInRoles.Find(row.RoleId)?.Permissions ?? PermissionSet.None)
                : new RoleGrant(row.RoleId, row.ProjectId, Role.Effective(row.Closure, row.BuiltIns!)) { Patterns = Role.PatternsOf(row.Closure, row.BuiltIns!) });
    }

    /// <summary>What one user may do in one organization, straight from the database.</summary>
    public static async Task<OrganizationAccess> ReadAsync(PlatformDbContext db, Guid userId, Guid organizationId, DateTimeOffset now, CancellationToken ct)
    {
        var member = await (
            from row in db.Memberships
            where row.UserId == userId && row.OrganizationId == organizationId
            join organization in db.Organizations on row.OrganizationId equals organization.Id
            select new { row.Role, row.ProjectBound, organization.Status }).SingleOrDefaultAsync(ct);
        var grants = await GrantsAsync(db, [userId], now, ct);
        return new OrganizationAccess(organizationId, userId, member?.Role, member?.ProjectBound ?? false, [.. grants[(userId, organizationId)]])
        {
            Suspended = member?.Status == OrganizationStatus.Suspended,
        };
    }
}
