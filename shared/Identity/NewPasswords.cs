using Platform.Settings;

namespace Platform.Identity;

/// <summary>Turns a password that somebody chooses into a hash, if the policy allows it. Slow on purpose; keep it out of transactions.</summary>
public sealed class NewPasswords(Passwords passwords, SystemSettingsStore settings)
{
    public async Task<Result<string>> HashAsync(User user, string password, string username, string? email, CancellationToken ct)
    {
        var security = (await settings.GetAsync(ct)).SecuritySettings;
        return Passwords.Refusal(password, username, email, security) is { } weak ? weak : passwords.Hash(user, password);
    }

    /// <summary>Whether the policy allows it for a new account.</summary>
    public async Task<Error?> RefusalAsync(string password, string username, string? email, CancellationToken ct) =>
        Passwords.Refusal(password, username, email, (await settings.GetAsync(ct)).SecuritySettings);
}
