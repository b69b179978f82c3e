using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Identity.OAuth;

/// <summary>Absorbs an account into another one, within the transaction that links its identity.</summary>
public sealed class MergeAccounts(PlatformDbContext db, IEnumerable<IAccountMove> moves, AuditTrail audit, TimeProvider clock)
{
    /// <summary>
    /// Only an ordinary, enabled account that the one identity alone opens and whose organizations nobody else is in. Locks the user's organizations, so that
    /// the answer stays true until the transaction ends.
    /// </summary>
    public async Task<bool> MayAbsorbAsync(Guid userId, CancellationToken ct)
    {
        await db.Organizations.Where(organization => db.Memberships.Any(member => member.OrganizationId == organization.Id && member.UserId == userId))
            .ExecuteUpdateAsync(set => set.SetProperty(organization => organization.RbacVersion, organization => organization.RbacVersion + 1), ct);
        var user = await db.Users.AsNoTracking().SingleAsync(found => found.Id == userId, ct);
        return user is { PlatformRole: PlatformRole.User, PasswordHash: null } && user.IsEnabled(clock.GetUtcNow())
            && await db.LinkedIdentities.CountAsync(identity => identity.UserId == userId, ct) == 1
            && !await db.Memberships.AnyAsync(
                own => own.UserId == userId && own.Role == OrganizationRole.Owner
                    && db.Memberships.Any(other => other.OrganizationId == own.OrganizationId && other.UserId != userId),
                ct);
    }

    /// <summary>Ends the account and hands over what it had to the identity's new owner.</summary>
    public async Task AbsorbAsync(Guid userId, LinkedIdentity identity, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await db.SaveChangesAsync(ct);   // the identity is the new owner's before anything else moves
        var personal = await db.Organizations.Where(organization => organization.PersonalUserId == userId).Select(organization => organization.Id).SingleAsync(ct);
        await db.Users.Where(user => user.Id == userId).ExecuteUpdateAsync(
            set => set.SetProperty(user => user.IsActive, false).SetProperty(user => user.UpdatedAt, now).SetProperty(user => user.Version, user => user.Version + 1), ct);
        var account = new AbsorbedAccount(new IdentityOwner(userId, personal), new IdentityOwner(identity.UserId, identity.OrganizationId));
        foreach (var move in moves)
            await move.MoveAsync(account, ct);
        audit.Write("identity.merge", "user", userId);
        db.Raise(new IdentityMerged(identity.UserId, identity.Id, identity.Provider.Word(), userId) { OwnerId = identity.UserId });
    }
}
