using Platform.Audit;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Sets passwords: with the current one, or with the link of a mail.</summary>
public sealed class PasswordChange(
    PlatformDbContext db, CurrentPassword current, NewPasswords passwords, EmailTokens tokens, SessionService sessions, SessionRenewal renewal, AuditTrail audit)
{
    /// <summary>Changes the caller's password and renews the credentials of his session; the others end, unless he wants to keep them.</summary>
    public async Task<Result<SignedIn>> ChangeAsync(Caller caller, string currentPassword, string newPassword, bool endOthers, CancellationToken ct)
    {
        if (caller is not { UserId: { } userId, SessionId: { } sessionId })
            return IdentityErrors.SessionNotFound;
        var proven = await current.ProveAsync(userId, currentPassword, ct);
        if (!proven.IsOk)
            return proven.Error;
        if (currentPassword == newPassword)
            return IdentityErrors.PasswordUnchanged;
        var user = proven.Value;
        var hash = await passwords.HashAsync(user, newPassword, user.Username, user.Email, ct);
        if (!hash.IsOk)
            return hash.Error;

        var renewed = await db.InTransactionAsync(
            async () =>
            {
                await StoreAsync(user, hash.Value, ct);
                if (endOthers)
                    await sessions.RevokeOthersAsync(user.Id, sessionId, ct);
                return await renewal.RenewAsync(sessionId, ct);
            },
            ct);
        sessions.ForgetAll();
        return renewed;
    }

    /// <summary>Sets the password of the token's user, who has thereby verified his address; ends all his sessions and his lockout.</summary>
    public async Task<Result<Nothing>> ResetAsync(string token, string password, CancellationToken ct)
    {
        if (await tokens.FindUserAsync(token, EmailTokenPurpose.Reset, ct) is not { } user)
            return IdentityErrors.InvalidToken;
        var hash = await passwords.HashAsync(user, password, user.Username, user.Email, ct);
        if (!hash.IsOk)
            return hash.Error;

        var taken = await db.InTransactionAsync(
            async () =>
            {
                if (!await tokens.TakeAsync(token, user, EmailTokenPurpose.Reset, ct))
                    return false;
                user.MarkEmailVerified();
                await StoreAsync(user, hash.Value, ct);
                await sessions.RevokeAllAsync(user.Id, ct);
                await sessions.UnlockAsync(user.Id, ct);
                return true;
            },
            ct);
        sessions.ForgetAll();
        return taken ? new Nothing() : IdentityErrors.InvalidToken;
    }

    private async Task StoreAsync(User user, string hash, CancellationToken ct)
    {
        user.SetPasswordHash(hash, sessions.Now);
        audit.Target("user", user.Id, user.Username);
        db.Raise(new UserUpdated(user.Id, ["password"]) { OwnerId = user.Id });
        await db.SaveChangesAsync(ct);
    }
}
