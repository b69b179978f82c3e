using Microsoft.Extensions.Options;

namespace Platform.Identity;

/// <summary>A sign-up without a username, which is made from the address.</summary>
/// <param name="Invitation">Token of an invitation, which opens sign-up while it is closed.</param>
public sealed record EmailSignUp(string Name, string Email, string Password, string? Invitation);

/// <summary>Strangers make accounts.</summary>
public sealed class SignUpService(AccountFactory accounts, UsernameDerivation usernames, NewPasswords passwords, IInvitationGate invitations, IOptions<AuthOptions> options)
{
    private const int Attempts = 50;

    public async Task<Result<User>> RegisterAsync(NewAccount account, CancellationToken ct) =>
        (await GateAsync(account.Email!, invitation: null, ct) ?? await CheckAsync(account, ct)) is { } refusal ? refusal : await accounts.CreateAsync(account, ct);

    public async Task<Result<User>> RegisterAsync(EmailSignUp signUp, CancellationToken ct)
    {
        if (await GateAsync(signUp.Email, signUp.Invitation, ct) is { } closed)
            return closed;
        for (var attempt = 1; ; attempt++)
        {
            var username = await usernames.FreeOfAsync(signUp.Email, ct);
            var account = new NewAccount(username, signUp.Email, signUp.Password) { DisplayName = signUp.Name.Trim() };
            if (await CheckAsync(account, ct) is { } weak)
                return weak;
            var made = await accounts.CreateAsync(account, ct);
            if (made.IsOk || made.Error != IdentityErrors.UsernameTaken || attempt == Attempts)
                return made;   // else the name was lost to somebody else: the next one
        }
    }

    private async Task<Error?> GateAsync(string email, string? invitation, CancellationToken ct)
    {
        if (!options.Value.SignupEnabled && await ClosedAsync(email, invitation, ct) is { } closed)
            return closed;
        return options.Value.AllowsDomainOf(email) ? null : IdentityErrors.EmailDomainNotAllowed;
    }

    private async Task<Error?> ClosedAsync(string email, string? invitation, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(invitation))
            return IdentityErrors.SignupDisabled;
        return await invitations.FindAsync(invitation, email, ct) switch
        {
            InvitationStanding.Pending => null,
            InvitationStanding.Expired => IdentityErrors.InviteExpired,
            _ => IdentityErrors.InviteRequired,
        };
    }

    private Task<Error?> CheckAsync(NewAccount account, CancellationToken ct) => passwords.RefusalAsync(account.Password!, account.Username, account.Email, ct);
}
