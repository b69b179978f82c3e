using Microsoft.Extensions.Options;

namespace Platform.Identity;

/// <summary>Which accounts may be signed in to. Asked only after the user has proved himself: a stranger learns nothing of an account's state.</summary>
public sealed class AccountGate(IOptions<AuthOptions> options, TimeProvider clock)
{
    public Error? RefusalOf(User user)
    {
        if (!user.IsActive)
            return IdentityErrors.AccountDisabled;
        if (!user.IsEnabled(clock.GetUtcNow()))
            return IdentityErrors.AccountBanned;
        return NeedsVerification(user) ? IdentityErrors.EmailNotVerified : null;
    }

    public bool NeedsVerification(User user) => options.Value.RequireEmailVerification && !user.EmailVerified;
}
