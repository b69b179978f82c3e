using Platform.Audit;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Verifies addresses with the links of mails.</summary>
public sealed class EmailVerification(PlatformDbContext db, EmailTokens tokens, AuditTrail audit)
{
    public async Task<Result<User>> VerifyAsync(string token, CancellationToken ct)
    {
        if (await tokens.FindUserAsync(token, EmailTokenPurpose.Verify, ct) is not { } user)
            return IdentityErrors.InvalidToken;
        var taken = await db.InTransactionAsync(
            async () =>
            {
                if (!await tokens.TakeAsync(token, user, EmailTokenPurpose.Verify, ct))
                    return false;
                user.MarkEmailVerified();
                audit.Target("user", user.Id, user.Username);
                db.Raise(new UserUpdated(user.Id, ["email_verified"]) { OwnerId = user.Id });
                await db.SaveChangesAsync(ct);
                return true;
            },
            ct);
        return taken ? user : IdentityErrors.InvalidToken;
    }
}
