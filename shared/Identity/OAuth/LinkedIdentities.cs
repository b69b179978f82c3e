using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity.OAuth;

/// <summary>Finds linked identities; other areas ask here whether a user has an account at a provider, whatever organization is active.</summary>
public sealed class LinkedIdentities(PlatformDbContext db)
{
    public async Task<LinkedIdentity?> FindAsync(Guid userId, IdentityProvider provider, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        return await db.LinkedIdentities.AsNoTracking().SingleOrDefaultAsync(identity => identity.UserId == userId && identity.Provider == provider, ct);
    }

    /// <summary>He has one, and its token can be used.</summary>
    public async Task<bool> IsUsableAsync(Guid userId, IdentityProvider provider, CancellationToken ct) =>
        await FindAsync(userId, provider, ct) is { NeedsReauth: false, AccessToken: not null };

    /// <summary>
    /// Locks the row of a provider's account until the transaction ends and reads it. Needs a transaction in the name of the platform, and comes before the lock
    /// of users everywhere, so that nobody waits in a circle.
    /// </summary>
    internal Task<LinkedIdentity?> LockAsync(IdentityProvider provider, string externalUserId, CancellationToken ct) =>
        LockAsync(db.LinkedIdentities.Where(identity => identity.Provider == provider && identity.ExternalUserId == externalUserId), ct);

    internal Task<LinkedIdentity?> LockOfUserAsync(Guid userId, IdentityProvider provider, CancellationToken ct) =>
        LockAsync(db.LinkedIdentities.Where(identity => identity.UserId == userId && identity.Provider == provider), ct);

    /// <summary>Locks users likewise, against parallel changes of how they can sign in.</summary>
    internal async Task LockUsersAsync(IEnumerable<Guid> userIds, CancellationToken ct)
    {
        foreach (var id in userIds.Distinct().Order())
            await db.LockUserAsync(id, ct);
    }

    internal async Task<IdentityOwner> OwnerAsync(Guid userId, CancellationToken ct) =>
        new(userId, await db.Organizations.Where(organization => organization.PersonalUserId == userId).Select(organization => organization.Id).SingleAsync(ct));

    // Where there was nothing to lock, a row that the read would find was committed in between and is not locked: for this transaction there is none.
    private static async Task<LinkedIdentity?> LockAsync(IQueryable<LinkedIdentity> row, CancellationToken ct)
    {
        var locked = await row.ExecuteUpdateAsync(set => set.SetProperty(identity => identity.UpdatedAt, identity => identity.UpdatedAt), ct);
        return locked == 0 ? null : await row.SingleAsync(ct);
    }
}
