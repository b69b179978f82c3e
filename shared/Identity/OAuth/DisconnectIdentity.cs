using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;

namespace Platform.Identity.OAuth;

/// <summary>Unlinks a user's account at a provider, unless it is what he signs in with.</summary>
public sealed class DisconnectIdentity(PlatformDbContext db, LinkedIdentities identities, TokenRevocation revocation, AuditTrail audit)
{
    /// <summary>Nothing to do without one.</summary>
    public async Task<Error?> RunAsync(IdentityProvider provider, Caller caller, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        var userId = caller.UserId!.Value;
        if (await db.Sessions.AnyAsync(session => session.Id == caller.SessionId && session.Method == provider.Method(), ct))
            return OAuthErrors.LastMethod;
        var removed = await db.InTransactionAsync(() => RemoveAsync(userId, provider, ct), ct);
        if (removed.IsOk && removed.Value.Identity is { } identity)
            await revocation.RevokeAsync(identity);
        return removed.Error;
    }

    private async Task<Result<Removed>> RemoveAsync(Guid userId, IdentityProvider provider, CancellationToken ct)
    {
        if (await identities.LockOfUserAsync(userId, provider, ct) is not { } identity)
            return new Removed(null);
        await identities.LockUsersAsync([userId], ct);
        if (!await db.Users.AnyAsync(user => user.Id == userId && user.PasswordHash != null, ct)
            && !await db.LinkedIdentities.AnyAsync(other => other.UserId == userId && other.Id != identity.Id, ct))
            return OAuthErrors.LastMethod;
        db.Remove(identity);
        audit.Target("identity", identity.Id);
        db.Raise(new IdentityUnlinked(userId, identity.Id, provider.Word()) { OwnerId = userId });
        await db.SaveChangesAsync(ct);
        return new Removed(identity);
    }

    private sealed record Removed(LinkedIdentity? Identity);
}
