using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity.OAuth;

/// <summary>Signs people in with a provider's account; makes their account when it is new here. Nobody is found by his e-mail.</summary>
public sealed class OAuthSignIn(
    PlatformDbContext db, LinkedIdentities identities, IdentityRenewal renewal, OAuthSignUp signUp, SignInService sessions, OAuthRefusals refusals, AccountGate accounts)
{
    public async Task<CallbackOutcome> SignInAsync(ForeignAccount account, string redirectTo, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        if (await TryAsync(account, redirectTo, ct) is { } outcome)
            return outcome;
        if (await signUp.CreateAsync(account, ct) is { } error)
            return await refusals.RefuseAsync(error, ct);
        db.Discard();   // what the sign-up tracks is older than what the sign-in reads
        return await TryAsync(account, redirectTo, ct) ?? throw new InvalidOperationException("The identity that was just made is gone");
    }

    // Null: nobody has this account yet. One transaction, so that a merge or a disconnection comes before or after all of it.
    private Task<CallbackOutcome?> TryAsync(ForeignAccount account, string redirectTo, CancellationToken ct) => db.InTransactionAsync<CallbackOutcome?>(
        async () =>
        {
            if (await identities.LockAsync(account.Provider, account.Profile.ExternalUserId, ct) is not { } identity)
                return null;
            if (accounts.RefusalOf(await db.Users.AsNoTracking().SingleAsync(user => user.Id == identity.UserId, ct)) is { } refusal)
                return await refusals.RefuseAsync(refusal == IdentityErrors.EmailNotVerified ? "email_not_verified" : "account_disabled", ct);
            await renewal.RenewAsync(identity, account, ct);
            var user = await db.Users.SingleAsync(found => found.Id == identity.UserId, ct);
            return new CallbackOutcome(redirectTo, await sessions.OpenAsync(user, account.Provider.Method(), persistent: true, ct));
        },
        ct);
}
