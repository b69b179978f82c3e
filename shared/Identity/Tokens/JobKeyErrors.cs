namespace Platform.Identity;

/// <summary>Refusals of keys of jobs. An unknown, a disabled and another job's key give the same words to who starts a job.</summary>
public static class JobKeyErrors
{
    /// <summary>What all their codes begin with.</summary>
    public const string CodePrefix = "job_key.";

    public static readonly Error Required = new(ErrorKind.Unauthenticated, CodePrefix + "required", "API key required");
    public static readonly Error BadFormat = new(ErrorKind.Unauthenticated, CodePrefix + "bad_format", "Invalid API key format");
    public static readonly Error Invalid = new(ErrorKind.Unauthenticated, CodePrefix + "invalid", "Invalid API key");
    public static readonly Error Expired = new(ErrorKind.Unauthenticated, CodePrefix + "expired", "API key expired");
    public static readonly Error OtherJob = Error.Forbidden(CodePrefix + "other_job", "Unauthorized");
    public static readonly Error NotFound = Error.NotFound(CodePrefix + "not_found", "API key not found");
}
