using Platform.Audit;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Writes refused sign-ins down: audit entry and event.</summary>
public sealed class SignInJournal(PlatformDbContext db, CallerScope scope, AuditTrail audit)
{
    private const int MaxLogin = 254;

    /// <param name="reason">What was wrong, for operators; the caller is told <paramref name="refusal"/>.</param>
    public async Task<Error> RefusedAsync(string login, string reason, Error refusal, CancellationToken ct)
    {
        audit.Write("auth.login", "user", null, AuditOutcome.Denied);
        db.Raise(new AuthFailed(login.Length > MaxLogin ? login[..MaxLogin] : login, reason, scope.IpAddress));
        await db.SaveChangesAsync(ct);
        return refusal;
    }
}
