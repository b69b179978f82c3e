using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Organizations;

/// <summary>Takes sessions away from places that their users cannot see any more. Part of the transaction that closes the place; call <c>SessionDirectory.ForgetAll</c> after it.</summary>
internal static class SessionFallback
{
    /// <summary>To the personal organization and its default project.</summary>
    /// <param name="userId">The one who leaves; null for everybody.</param>
    public static Task LeaveOrganizationAsync(this PlatformDbContext db, Guid organizationId, Guid? userId, CancellationToken ct) => db.Sessions
        .IgnoreQueryFilters([PlatformDbContext.TenantFilterName])
        .Where(session => session.ActiveOrganizationId == organizationId && (userId == null || session.UserId == userId))
        .ExecuteUpdateAsync(
            set => set
                .SetProperty(
                    session => session.ActiveProjectId,
                    session => (from personal in db.Organizations
                                where personal.PersonalUserId == session.UserId
                                join project in db.Projects on personal.Id equals project.OrganizationId
                                where project.IsDefault
                                select project.Id).First())
                .SetProperty(session => session.ActiveOrganizationId, session => db.Organizations.Where(personal => personal.PersonalUserId == session.UserId).Select(personal => personal.Id).First()),
            ct);

    /// <summary>To the default project of the same organization.</summary>
    public static Task LeaveProjectAsync(this PlatformDbContext db, Guid organizationId, Guid projectId, CancellationToken ct) => db.Sessions
        .IgnoreQueryFilters([PlatformDbContext.TenantFilterName])
        .Where(session => session.ActiveProjectId == projectId)
        .ExecuteUpdateAsync(
            set => set.SetProperty(
                session => session.ActiveProjectId,
                session => db.Projects.Where(project => project.OrganizationId == organizationId && project.IsDefault).Select(project => project.Id).First()),
            ct);
}
