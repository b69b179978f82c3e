using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;

namespace Platform.Identity.OAuth;

/// <summary>Makes the account of somebody whose provider's account is new here, under the same conditions as any sign-up.</summary>
public sealed class OAuthSignUp(PlatformDbContext db, AccountFactory accounts, UsernameDerivation usernames, IOptions<AuthOptions> options, TimeProvider clock)
{
    private const int Attempts = 20;

    /// <summary>Null when there is an account with this identity now, made here or by a parallel flow; else the error word of the redirect.</summary>
    public async Task<string?> CreateAsync(ForeignAccount account, CancellationToken ct)
    {
        if (!options.Value.SignupEnabled || !options.Value.AllowsDomainOf(account.Profile.Email))
            return "signup_disabled";
        for (var attempt = 1; ; attempt++)
        {
            var made = await TryAsync(account, ct);
            if (made is null || await ExistsAsync(account, ct))
                return null;
            if (made == IdentityErrors.EmailTaken)
                return "email_in_use";
            if (attempt == Attempts)
                throw new InvalidOperationException("No username could be had in spite of many attempts");
        }
    }

    private async Task<Error?> TryAsync(ForeignAccount account, CancellationToken ct)
    {
        var (provider, profile, _) = account;
        var made = new NewAccount(await usernames.FreeAsync(profile.Username, ct), profile.Email, Password: null, EmailVerified: profile.EmailVerified)
        {
            DisplayName = profile.ShownName,
            AvatarUrl = profile.AvatarUrl,
            Extend = (user, organization) => db.Add(LinkedIdentity.Create(provider, profile, new IdentityOwner(user.Id, organization.Id), isPrimary: true, clock.GetUtcNow())),
        };
        try
        {
            return (await accounts.CreateAsync(made, ct)).Error;
        }
        catch (DbUpdateException lost) when (lost.IsUniqueViolation())
        {
            db.Discard();   // a parallel flow of the same person was first
            return IdentityErrors.UsernameTaken;
        }
    }

    private Task<bool> ExistsAsync(ForeignAccount account, CancellationToken ct) =>
        db.LinkedIdentities.AnyAsync(identity => identity.Provider == account.Provider && identity.ExternalUserId == account.Profile.ExternalUserId, ct);
}
