using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Moves the caller's session to another organization or project, which its next requests are made in.</summary>
public sealed class ActivePlace(PlatformDbContext db, CallerScope scope, CallerPlace places, SessionDirectory sessions, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Makes an active project of any of his organizations the session's; the organization follows. Answers the caller as he is there.</summary>
    public async Task<Result<Caller>> SwitchProjectAsync(Guid projectId, CancellationToken ct)
    {
        if (scope.Current is not { SessionId: { } sessionId } caller)
            return OrganizationErrors.SessionRequired;
        var found = await places.AtProjectAsync(caller, projectId, orArchived: false, ct);
        if (!found.IsOk)
            return found.Error;
        audit.Target("project", projectId);
        await MoveAsync(sessionId, caller.UserId!.Value, found.Value.OrganizationId!.Value, projectId, ct);
        return found;
    }

    /// <summary>Makes one of his organizations (null: the personal one) the session's, on the project used there last, else its default.</summary>
    public async Task<Result<Caller>> SwitchOrganizationAsync(Guid? organizationId, CancellationToken ct)
    {
        if (scope.Current is not { SessionId: { } sessionId, UserId: { } userId } caller)
            return OrganizationErrors.SessionRequired;
        var target = organizationId ?? await db.Organizations.Where(organization => organization.PersonalUserId == userId).Select(organization => organization.Id).SingleAsync(ct);
        var found = await places.AtOrganizationAsync(caller, target, ct);
        if (!found.IsOk)
            return found.Error;
        audit.Target("organization", target);
        await MoveAsync(sessionId, userId, target, await ProjectInAsync(userId, target, ct), ct);
        return found;
    }

    /// <summary>The project that a member works on when he comes to an organization.</summary>
    public Task<Guid> ProjectInAsync(Guid userId, Guid organizationId, CancellationToken ct)
    {
        var last = db.Memberships.IgnoreQueryFilters([PlatformDbContext.TenantFilterName])
            .Where(member => member.UserId == userId && member.OrganizationId == organizationId).Select(member => member.LastProjectId);
        return db.Projects.IgnoreQueryFilters([PlatformDbContext.TenantFilterName])
            .Where(project => project.OrganizationId == organizationId && project.Status == ProjectStatus.Active)
            .OrderByDescending(project => last.Any(id => id == project.Id)).ThenByDescending(project => project.IsDefault)
            .Select(project => project.Id).FirstAsync(ct);
    }

    /// <summary>Moves the caller's session, if it is one, to a place that he has just been given.</summary>
    public Task EnterAsync(Guid organizationId, Guid projectId, CancellationToken ct) =>
        scope.Current is { SessionId: { } sessionId, UserId: { } userId } ? MoveAsync(sessionId, userId, organizationId, projectId, ct) : Task.CompletedTask;

    // The user's next sign-in begins there too.
    private async Task MoveAsync(Guid sessionId, Guid userId, Guid organizationId, Guid projectId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await db.InTransactionAsync(
            async () =>
            {
                await db.Sessions.Where(session => session.Id == sessionId)
                    .ExecuteUpdateAsync(set => set.SetProperty(session => session.ActiveOrganizationId, organizationId).SetProperty(session => session.ActiveProjectId, projectId), ct);
                await db.Users.Where(user => user.Id == userId)
                    .ExecuteUpdateAsync(set => set.SetProperty(user => user.LastOrganizationId, organizationId).SetProperty(user => user.LastProjectId, projectId), ct);
                await db.Memberships.IgnoreQueryFilters([PlatformDbContext.TenantFilterName]).Where(member => member.UserId == userId && member.OrganizationId == organizationId)
                    .ExecuteUpdateAsync(set => set.SetProperty(member => member.LastProjectId, projectId).SetProperty(member => member.LastActiveAt, now), ct);
                return await db.SaveChangesAsync(ct);
            },
            ct);
        sessions.Forget(sessionId);
    }
}
