using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity;

/// <summary>What somebody signs in with; <paramref name="Login"/> is a username or an e-mail.</summary>
/// <param name="Code">Of the second factor, or a recovery code.</param>
/// <param name="Persistent">False: the cookies end with the browser, the session after a day.</param>
public sealed record PasswordAttempt(string Login, string Password, string? Code = null, bool Persistent = true);

/// <summary>Signs users in by password, and by a second factor where they have one. Every face's sign-in ends here.</summary>
public sealed class PasswordSignIn(
    PlatformDbContext db, Passwords passwords, SignInGuard guard, AccountGate gate, SecondFactor second, SignInService signIn, SignInJournal journal)
{
    /// <summary>Answers alike, and takes as long, for an unknown user and a wrong password.</summary>
    public async Task<Result<SignedIn>> SignInAsync(PasswordAttempt attempt, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        var login = attempt.Login;
        var key = User.Key(login);
        var user = await db.Users.SingleOrDefaultAsync(found => found.UsernameKey == key, ct) ?? await db.Users.SingleOrDefaultAsync(found => found.EmailKey == key, ct);
        using var turn = await guard.TakeTurnAsync(user, login, ct);
        if (await guard.RefusalAsync(user, login, ct) is { } locked)
            return await journal.RefusedAsync(login, "locked", locked, ct);

        var check = passwords.Check(user, attempt.Password);
        if (user is null || check == PasswordCheck.Wrong)
            return await FailedAsync(user, login, user is null ? "unknown_user" : "wrong_password", IdentityErrors.InvalidCredentials, ct);
        if (gate.RefusalOf(user) is { } refusal)
            return await RefusedAsync(user, login, refusal, ct);
        if (await second.CheckAsync(user, attempt.Code, ct) is { } factor)
            return factor == IdentityErrors.TwoFactorRequired ? factor : await FailedAsync(user, login, "wrong_code", factor, ct);

        if (check == PasswordCheck.RightButOutdated)
            user.SetPasswordHash(passwords.Hash(user, attempt.Password), signIn.Now);
        await guard.SucceededAsync(user, login, ct);
        return await signIn.OpenAsync(user, SignInMethod.Password, attempt.Persistent, ct);
    }

    // Counts for accounts that are disabled, so that a face which does not tell them from a wrong password really does not.
    private Task<Error> RefusedAsync(User user, string login, Error refusal, CancellationToken ct) => refusal == IdentityErrors.EmailNotVerified
        ? journal.RefusedAsync(login, "email_not_verified", refusal, ct)
        : FailedAsync(user, login, "account_disabled", refusal, ct);

    private async Task<Error> FailedAsync(User? user, string login, string reason, Error refusal, CancellationToken ct) =>
        await journal.RefusedAsync(login, reason, await guard.FailedAsync(user, login, ct) ?? refusal, ct);
}
