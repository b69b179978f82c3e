namespace Platform.Scripts;

/// <summary>Refusals about saved scripts.</summary>
public static class ScriptErrors
{
    public static readonly Error NotFound = Error.NotFound("script.not_found", "Script not found");
    public static readonly Error VersionNotFound = Error.NotFound("script.version_not_found", "Script version not found");
    public static readonly Error ScheduleNotFound = Error.NotFound("script.schedule_not_found", "Script schedule not found");
    public static readonly Error ShareNotFound = Error.NotFound("script.share_not_found", "Script share not found");
    public static readonly Error Stale = Error.Conflict("script.stale_write", "The script was changed by another request in the meantime");

    public static Error TooMany(int maximum) => Error.BadState("script.too_many", $"At most {maximum} scripts can be saved");

    public static Error TooManyShares(int maximum) => Error.BadState("script.too_many_shares", $"At most {maximum} links can share a script");

    public static Error TooManySchedules(int maximum) => Error.BadState("script.too_many_schedules", $"At most {maximum} schedules can be switched on");
}
