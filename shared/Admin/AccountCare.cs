using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Admin;

/// <summary>Operators help people back into their accounts.</summary>
public sealed class AccountCare(PlatformDbContext db, SessionService sessions, UserAdministration users, AuditTrail audit)
{
    /// <summary>Forgets the account's failed sign-ins; says whether it was locked.</summary>
    public async Task<Result<bool>> UnlockAsync(Guid userId, CancellationToken ct)
    {
        if (await db.Users.Where(user => user.Id == userId).Select(user => user.Username).SingleOrDefaultAsync(ct) is not { } name)
            return IdentityErrors.UserNotFound;
        audit.Target("user", userId, name);
        return await sessions.UnlockAsync(userId, ct);
    }

    /// <summary>Sets a new password; ends the user's sessions and his lock.</summary>
    public async Task<Result<Nothing>> ResetPasswordAsync(Guid userId, string password, CancellationToken ct)
    {
        var changed = await users.ChangeAsync(userId, new UserChange { Password = password }, ct);
        return changed.IsOk ? default(Nothing) : changed.Error;
    }
}
