namespace Platform.Identity;

/// <summary>Refusals of sign-up, sign-in and sessions.</summary>
public static class IdentityErrors
{
    public static readonly Error UsernameTaken = Error.Conflict("user.username_taken", "Username already registered");
    public static readonly Error EmailTaken = Error.Conflict("user.email_taken", "Email already registered");
    public static readonly Error UserNotFound = Error.NotFound("user.not_found", "User not found");
    public static readonly Error ForeignAddress = Error.Invalid("user.username_invalid", "A username with @ must be the user's own email address");
    public static readonly Error SessionNotFound = Error.NotFound("session.not_found", "Session not found");
    public static readonly Error SessionInvalid = new(ErrorKind.Unauthenticated, "auth.session_invalid", "The session's user does not exist");
    public static readonly Error SignupDisabled = Error.Forbidden("auth.signup_disabled", "Sign-up is disabled");
    public static readonly Error EmailDomainNotAllowed = Error.Forbidden("auth.email_domain_not_allowed", "E-mail addresses of this domain cannot sign up");

    /// <summary>Sign-up needs an invitation, and the token is none for this address.</summary>
    public static readonly Error InviteRequired = Error.Forbidden("auth.invite_required", "Sign-up needs an invitation");
    public static readonly Error InviteExpired = Error.Forbidden("auth.invite_expired", "The invitation has expired");

    // Told after a right password only.
    public static readonly Error AccountDisabled = Error.Forbidden("auth.account_disabled", "The account is disabled");
    public static readonly Error AccountBanned = Error.Forbidden("auth.account_banned", "The account is banned");
    public static readonly Error EmailNotVerified = Error.Forbidden("auth.email_not_verified", "Email not verified");
    public static readonly Error EmailVerificationRequired = Error.Forbidden("auth.email_verification_required", "Email verification required");
    public static readonly Error TwoFactorRequired = new(ErrorKind.Unauthenticated, "auth.two_factor_required", "Two-factor code required");
    public static readonly Error TwoFactorInvalid = new(ErrorKind.Unauthenticated, "auth.two_factor_invalid", "Invalid two-factor code");

    /// <summary>A link of a mail that is used up, too old, made up, or of a former address.</summary>
    public static readonly Error InvalidToken = Error.Invalid("auth.invalid_token", "Invalid token");
    public static readonly Error InvalidCurrentPassword = Error.Invalid("auth.invalid_current_password", "Current password is wrong");
    public static readonly Error PasswordUnchanged = Error.Invalid("auth.password_unchanged", "New password should differ from the current one");
    public static readonly Error NoPassword = Error.Invalid("auth.no_password", "The account has no password; set one by a reset mail");
    public static readonly Error MailUnavailable = new(ErrorKind.Unavailable, "mail.unavailable", "E-mail is not configured");
    public static readonly Error ForeignTarget = Error.Invalid("auth.foreign_target", "The address to go on to is not of this site");

    /// <summary>Equal for unknown users, wrong passwords and, where the face does not tell, disabled accounts.</summary>
    public static readonly Error InvalidCredentials = new(ErrorKind.Unauthenticated, "auth.invalid_credentials", "Invalid credentials");

    public static Error Locked(TimeSpan remaining) => new(ErrorKind.Locked, "auth.account_locked", "Account locked due to too many failed attempts") { RetryAfter = remaining };

    public static Error TooManyMails(TimeSpan remaining) => new(ErrorKind.RateLimited, "auth.too_many_mails", "Too many mails to this address") { RetryAfter = remaining };

    public static Error TooManyFailures(TimeSpan remaining) => new(ErrorKind.RateLimited, "auth.too_many_failures", "Too many failed sign-ins from this address") { RetryAfter = remaining };
}
