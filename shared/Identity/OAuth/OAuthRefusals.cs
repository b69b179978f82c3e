using Platform.Audit;
using Platform.Data;

namespace Platform.Identity.OAuth;

/// <summary>Records that a foreign sign-in was refused.</summary>
public sealed class OAuthRefusals(PlatformDbContext db, AuditTrail audit, CallerScope scope)
{
    public async Task<CallbackOutcome> RefuseAsync(string error, CancellationToken ct)
    {
        audit.Write("auth.login", "user", null, AuditOutcome.Denied);
        db.Raise(new AuthFailed(null, error, scope.IpAddress));
        await db.SaveChangesAsync(ct);
        return CallbackOutcome.Refused(error);
    }
}
