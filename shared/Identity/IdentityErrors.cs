namespace Platform.Identity;

/// <summary>Refusals of sign-up, sign-in and sessions.</summary>
public static class IdentityErrors
{
    public static readonly Error UsernameTaken = Error.Conflict("user.username_taken", "Username already registered");
    public static readonly Error EmailTaken = Error.Conflict("user.email_taken", "Email already registered");
    public static readonly Error SignupDisabled = Error.Forbidden("auth.signup_disabled", "Sign-up is disabled");
    public static readonly Error EmailDomainNotAllowed = Error.Forbidden("auth.email_domain_not_allowed", "E-mail addresses of this domain cannot sign up");

    /// <summary>Equal for unknown users, wrong passwords and disabled accounts.</summary>
    public static readonly Error InvalidCredentials = new(ErrorKind.Unauthenticated, "auth.invalid_credentials", "Invalid credentials");

    public static Error Locked(TimeSpan remaining) => new(ErrorKind.Locked, "auth.account_locked", "Account locked due to too many failed attempts") { RetryAfter = remaining };

    public static Error TooManyFailures(TimeSpan remaining) => new(ErrorKind.RateLimited, "auth.too_many_failures", "Too many failed sign-ins from this address") { RetryAfter = remaining };
}
