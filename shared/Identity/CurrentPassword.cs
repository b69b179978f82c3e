using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Asks a signed-in user for his password again. Wrong ones count with the failed sign-ins.</summary>
public sealed class CurrentPassword(PlatformDbContext db, SignInGuard guard, Passwords passwords)
{
    public async Task<Result<User>> ProveAsync(Guid userId, string password, CancellationToken ct)
    {
        var user = await db.Users.SingleAsync(found => found.Id == userId, ct);
        if (user.PasswordHash is null)
            return IdentityErrors.NoPassword;
        using var turn = await guard.TakeTurnAsync(user, user.Username, ct);
        if (await guard.RefusalAsync(user, user.Username, ct) is { } locked)
            return locked;
        if (passwords.Check(user, password) == PasswordCheck.Wrong)
            return await guard.FailedAsync(user, user.Username, ct) ?? IdentityErrors.InvalidCurrentPassword;
        await guard.SucceededAsync(user, user.Username, ct);
        return user;
    }
}
