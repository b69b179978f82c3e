namespace Platform.Identity.OAuth;

/// <summary>Refusals of foreign sign-in and linking.</summary>
public static class OAuthErrors
{
    /// <summary>Equal for a state that is missing, forged, another browser's, expired or used.</summary>
    public static readonly Error InvalidState = Error.Invalid("oauth.invalid_state", "Invalid OAuth state");

    public static readonly Error ExchangeFailed = Error.Invalid("oauth.exchange_failed", "Failed to exchange code for token");
    public static readonly Error ProfileFailed = new(ErrorKind.Upstream, "oauth.profile_failed", "Failed to read the profile of the account");
    public static readonly Error LastMethod = Error.BadState("identity.primary_method", "Cannot disconnect primary authentication method");

    public static Error NotConfigured(IOAuthProvider provider) =>
        new(ErrorKind.Unavailable, "oauth.not_configured", $"{provider.Name} sign-in is not configured");
}
