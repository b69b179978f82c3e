namespace Platform.UserFunctions;

/// <summary>Refusals about user functions.</summary>
public static class FunctionErrors
{
    public static readonly Error NotFound = Error.NotFound("function.not_found", "Function not found");
    public static readonly Error ProjectNotFound = Error.NotFound("function.not_found", "Project not found");
    public static readonly Error VersionNotFound = Error.NotFound("function.not_found", "Version not found");
    public static readonly Error DeploymentNotFound = Error.NotFound("function.not_found", "Deployment not found");
    public static readonly Error ProjectArchived = Error.Conflict("function.project_archived", "The project is archived");
    public static readonly Error NameTaken = Error.Conflict("function.name_taken", "The project has a function of this name already");
    public static readonly Error Stale = Error.Conflict("function.conflict", "The function was changed by somebody else meanwhile");
    public static readonly Error DeploymentInProgress = Error.Conflict("function.deployment_in_progress", "A deployment of the function is running");
    public static readonly Error AlreadyActive = Error.Conflict("function.already_active", "The version serves already with these settings");
    public static readonly Error Disabled = Error.Conflict("function.function_disabled", "The function is switched off");
    public static readonly Error NotDeployed = Error.Conflict("function.function_not_deployed", "No version of the function is in use");
    public static readonly Error InUse = Error.Conflict("function.in_use", "A domain leads to the function");
    public static readonly Error KeyMissing = new(ErrorKind.Unauthenticated, "function.key_required", "The function's key is missing or wrong");
    public static readonly Error Suspended = Error.Forbidden("function.organization_suspended", "The organization is suspended");
    public static readonly Error KeyWithoutUse = Error.Invalid(Problem.Body("newKey", "There is a key with access 'key' only", "value_error"));
    public static readonly Error OneCode = Error.Invalid(Problem.Body("code", "Exactly one of code, files and an archive should be given", "value_error"));
    public static readonly Error CodeUnreadable = Error.Conflict("function.code_missing", "The code of this version is no longer there");
    public static readonly Error Unavailable = new(ErrorKind.Unavailable, "function.unavailable", "Functions cannot run on this host at the moment");

    public static readonly Error TooManyTests =
        new(ErrorKind.RateLimited, "function.concurrency_limit", "Too many tests of the function are running") { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>Its result stands for an HTTP response and is none.</summary>
    public static Error NoResponse(string why) => new(ErrorKind.Upstream, "function.function_error", $"The function's answer is no HTTP response: {why}");

    public static Error LimitReached(int maximum) => Error.Conflict("function.function_limit", $"A project can have at most {maximum} functions");

    public static Error EntrypointMissing(string entrypoint) => Error.Invalid("function.entrypoint_missing", $"The code has no file for the entrypoint '{entrypoint}'");

    public static Error EntrypointForm(string usual) => Error.Invalid(Problem.Body("entrypoint", $"Entrypoints of this runtime are of the form '{usual}'", "value_error"));

    public static Error OtherLanguage(string language) => Error.Invalid(Problem.Body("runtime", $"The function is written in {language}; its runtime can be another version only", "value_error"));

    public static Error RuntimeUnavailable(IReadOnlyList<string> available) => Error.Invalid("function.runtime_unavailable", "This runtime is not installed here") with
    {
        More = new Dictionary<string, object> { ["available"] = available },
    };

    /// <summary>Why an invocation brought no result; <paramref name="record"/> is told with it, when there is one.</summary>
    public static Error Of(InvocationStatus status, object? record = null) => status switch
    {
        InvocationStatus.Timeout => new Error(ErrorKind.UpstreamTimeout, "function.function_timeout", "The function took longer than it may") { Data = record },
        InvocationStatus.OutOfMemory => new Error(ErrorKind.Upstream, "function.function_out_of_memory", "The function needed more memory than it may have") { Data = record },
        InvocationStatus.Crashed => new Error(ErrorKind.Upstream, "function.function_crashed", "The function's process ended") { Data = record },
        InvocationStatus.Throttled => new Error(ErrorKind.RateLimited, "function.concurrency_limit", "Too many invocations of the function are running") { Data = record, RetryAfter = TimeSpan.FromSeconds(1) },
        _ => new Error(ErrorKind.Upstream, "function.function_error", "The function failed") { Data = record },
    };
}
