using Microsoft.Extensions.Options;
using Platform.Settings;

namespace Platform.Identity;

/// <summary>Strangers make accounts.</summary>
public sealed class SignUpService(AccountFactory accounts, SystemSettingsStore settings, IOptions<AuthOptions> options)
{
    public async Task<Result<User>> RegisterAsync(NewAccount account, CancellationToken ct)
    {
        if (!options.Value.SignupEnabled)
            return IdentityErrors.SignupDisabled;
        var security = (await settings.GetAsync(ct)).SecuritySettings;
        if (Passwords.Refusal(account.Password, account.Username, account.Email, security) is { } weak)
            return weak;
        if (!IsAllowedDomain(account.Email))
            return IdentityErrors.EmailDomainNotAllowed;
        return await accounts.CreateAsync(account, ct);
    }

    private bool IsAllowedDomain(string email)
    {
        var domains = options.Value.AllowedEmailDomains;
        return domains.Length == 0 || domains.Contains(email[(email.LastIndexOf('@') + 1)..].Trim(), StringComparer.OrdinalIgnoreCase);
    }
}
