namespace Platform.UserSettings;

/// <summary>Refusals about the settings of users.</summary>
public static class UserSettingsErrors
{
    public static readonly Error NotFound = Error.NotFound("user.not_found", "User not found");
    public static readonly Error Stale = Error.Conflict("user_settings.stale_write", "The settings were changed by another request in the meantime");
    public static readonly Error InTheFuture = Error.Invalid(Problem.Body("timestamp", "The timestamp should not be in the future", "value_error"));
    public static readonly Error TooFarBack = Error.Invalid(Problem.Body("timestamp", "Too many changes since then; choose a later timestamp", "value_error"));

    public static Error Expired(DateTimeOffset oldest) =>
        Error.Invalid(Problem.Body("timestamp", $"The history reaches back to {WireTime.ToText(oldest)}; what was before has expired", "value_error"));
}
