using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;

namespace Platform.Identity.OAuth;

/// <summary>Links a provider's account to a signed-in user; an account made with it is absorbed when nothing else hangs on it.</summary>
public sealed class ConnectIdentity(
    PlatformDbContext db, LinkedIdentities identities, IdentityRenewal renewal, MergeAccounts merge, AuditTrail audit, SessionDirectory sessions, TimeProvider clock)
{
    private const int Attempts = 4;

    /// <summary>False when it is another user's and stays so.</summary>
    public async Task<bool> RunAsync(ForeignAccount account, Guid userId, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var linked = await db.InTransactionAsync(() => LinkAsync(account, userId, ct), ct);
                sessions.ForgetAll();   // of an absorbed user
                return linked;
            }
            catch (DbUpdateException lost) when (lost.IsUniqueViolation() && attempt < Attempts)
            {
                db.Discard();   // a parallel flow linked the account, or another one of the provider
            }
        }
    }

    private async Task<bool> LinkAsync(ForeignAccount account, Guid userId, CancellationToken ct)
    {
        var known = await identities.LockAsync(account.Provider, account.Profile.ExternalUserId, ct);
        var absorbed = known is not null && known.UserId != userId ? known.UserId : (Guid?)null;
        await identities.LockUsersAsync([userId, absorbed ?? userId], ct);
        if (absorbed is { } other && !await merge.MayAbsorbAsync(other, ct))
            return false;
        if (known is null || absorbed is not null)
            known = await TakeAsync(known, account, await identities.OwnerAsync(userId, ct), ct);
        await renewal.RenewAsync(known, account, ct);
        if (absorbed is { } from)
            await merge.AbsorbAsync(from, known, ct);
        await db.SaveChangesAsync(ct);
        return true;
    }

    // The identity becomes the user's, in place of another one that he had at the provider.
    private async Task<LinkedIdentity> TakeAsync(LinkedIdentity? known, ForeignAccount account, IdentityOwner owner, CancellationToken ct)
    {
        var former = await db.LinkedIdentities.SingleOrDefaultAsync(identity => identity.UserId == owner.UserId && identity.Provider == account.Provider, ct);
        if (former is not null)
        {
            db.Remove(former);
            await db.SaveChangesAsync(ct);   // first: a user has one identity at a provider
        }
        var isPrimary = former is { IsPrimary: true };
        if (known is null)
            db.Add(known = LinkedIdentity.Create(account.Provider, account.Profile, owner, isPrimary, clock.GetUtcNow()));
        else
            known.MoveTo(owner, isPrimary);
        audit.Write("identity.link", "identity", known.Id);
        db.Raise(new IdentityLinked(owner.UserId, known.Id, account.Provider.Word()) { OwnerId = owner.UserId });
        return known;
    }
}
