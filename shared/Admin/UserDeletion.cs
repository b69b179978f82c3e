using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.Admin;

/// <summary>
/// Deletes a user for good. What is his alone is closed with him (his personal organization, and others without other members); organizations of others that he
/// owns alone keep him from going. Audit and usage rows stay; columns that name him as an author become null.
/// </summary>
public sealed class UserDeletion(
    PlatformDbContext db, Caller caller, OperatorChange operators, DeleteOrganization organizations, UserTraces traces, SessionService sessions, AuditTrail audit)
{
    private static readonly Error LastOperator = AdminErrors.LastOperator with { Message = "Cannot delete the last admin" };
    public static readonly Error Oneself = Error.Invalid("user.delete_oneself", "You cannot delete yourself");

    public async Task<Result<UserDeletionReport>> DeleteAsync(Guid userId, CancellationToken ct) => await operators.RunAsync<UserDeletionReport>(_ => DeleteUnderLockAsync(userId, ct), ct);

    private async Task<Result<UserDeletionReport>> DeleteUnderLockAsync(Guid userId, CancellationToken ct)
    {
        if (userId == caller.UserId)
            return Oneself;
        if (await db.Users.SingleOrDefaultAsync(user => user.Id == userId, ct) is not { } user)
            return IdentityErrors.UserNotFound;
        if (user.PlatformRole == PlatformRole.Admin && !await operators.OthersRemainAsync(userId, ct))
            return LastOperator;
        var owned = await LockOwnedAsync(userId, ct);
        if (owned.Where(organization => organization is { Others: > 0, OtherOwners: 0 }).Select(organization => organization.Name).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } names)
            return AdminErrors.SoleOwner(names);

        var closed = owned.Where(organization => organization.Others == 0).ToList();
        var report = new UserDeletionReport([.. closed.Select(organization => organization.Name).Order(StringComparer.Ordinal)], await traces.CountAsync(userId, ct));
        await sessions.RevokeAllAsync(userId, ct);
        await traces.GatherAsync(userId, ct);
        foreach (var organization in closed)
            await organizations.DeleteAsync(organization.Id, withItsPerson: true, ct);
        await traces.ForgetAsync(userId, ct);
        audit.Target("user", userId, user.Username);
        await RemoveAsync(user, ct);
        return report;
    }

    // The rows are held, so that nobody joins, leaves or changes roles there until it is done.
    private async Task<List<OwnedOrganization>> LockOwnedAsync(Guid userId, CancellationToken ct)
    {
        var owned = db.Memberships.Where(member => member.UserId == userId && member.Role == OrganizationRole.Owner).Select(member => member.OrganizationId);
        foreach (var id in await owned.OrderBy(id => id).ToListAsync(ct))
        {
            await db.Organizations.Where(organization => organization.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(organization => organization.RbacVersion, organization => organization.RbacVersion + 1), ct);
        }
        return await db.Organizations.Where(organization => owned.Contains(organization.Id) && organization.Status != OrganizationStatus.Deleting)
            .Select(organization => new OwnedOrganization(
                organization.Id,
                organization.Name,
                db.Memberships.Count(member => member.OrganizationId == organization.Id && member.UserId != userId),
                db.Memberships.Count(member => member.OrganizationId == organization.Id && member.UserId != userId && member.Role == OrganizationRole.Owner)))
            .ToListAsync(ct);
    }

    // Sessions that others use to act as him, or he to act as others, go too; memberships and assignments go with the row.
    private async Task RemoveAsync(User user, CancellationToken ct)
    {
        var impersonating = db.Impersonations.Where(impersonation => impersonation.OperatorId == user.Id).Select(impersonation => impersonation.SessionId);
        await db.Sessions.Where(session => impersonating.Contains(session.Id)).ExecuteDeleteAsync(ct);
        db.Raise(new UserDeleted(user.Id, caller.UserId));
        db.Remove(user);
        await db.SaveChangesAsync(ct);
    }

    private sealed record OwnedOrganization(Guid Id, string Name, int Others, int OtherOwners);
}
