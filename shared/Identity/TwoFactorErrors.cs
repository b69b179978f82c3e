namespace Platform.Identity;

/// <summary>Refusals while a second factor is set up or taken away.</summary>
public static class TwoFactorErrors
{
    public static readonly Error AlreadyOn = Error.Conflict("two_factor.already_enabled", "Two-factor authentication is already enabled");
    public static readonly Error NotStarted = Error.Invalid("two_factor.not_started", "Two-factor authentication was not set up");
    public static readonly Error NotOn = Error.Invalid("two_factor.not_enabled", "Two-factor authentication is not enabled");
    public static readonly Error WrongCode = Error.Invalid("two_factor.wrong_code", "Invalid two-factor code");
}
