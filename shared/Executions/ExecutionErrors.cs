using Platform.Data;
using Platform.Sandbox.Runtimes;

namespace Platform.Executions;

/// <summary>Every refusal of the area; the texts are those of executions.md §3.2.</summary>
public static class ExecutionErrors
{
    public static Error NotFound { get; } = Error.NotFound("execution.not_found", "Execution not found");

    public static Error SagaNotFound { get; } = Error.NotFound("saga.not_found", "Saga not found");

    public static Error UserLimit { get; } =
        new(ErrorKind.RateLimited, "execution.user_limit", "Execution limit reached") { RetryAfter = TimeSpan.FromSeconds(5) };

    public static Error QueueFull { get; } =
        new(ErrorKind.Unavailable, "execution.queue_full", "Execution queue is full") { RetryAfter = TimeSpan.FromSeconds(10) };

    public static Error SandboxUnavailable { get; } =
        new(ErrorKind.Unavailable, "execution.sandbox_unavailable", "Script execution is not available") { RetryAfter = TimeSpan.FromSeconds(60) };

    public static Error StillActive { get; } = Error.Conflict("execution.still_active", "Execution is still being cancelled");

    public static Error AdminPriority { get; } = Error.Forbidden("execution.priority_forbidden", "Admin access required");

    public static Error Forbidden(ExecutionStatus from, ExecutionStatus to) =>
        Error.BadState("execution.transition_forbidden", $"Cannot move execution from {Word(from)} to {Word(to)} state");

    public static Error CannotCancel(ExecutionStatus status) =>
        Error.BadState("execution.cannot_cancel", $"Cannot cancel execution in {Word(status)} state");

    public static Error CannotRetry(ExecutionStatus status) =>
        Error.BadState("execution.cannot_retry", $"Cannot retry execution in {Word(status)} state");

    /// <summary>The language, or this version of it, is none of those that run here.</summary>
    public static Error RuntimeUnknown(string lang, string version, IReadOnlyList<SupportedRuntime> supported)
    {
        var versions = supported.Where(runtime => runtime.Lang == lang).Select(runtime => runtime.Version).ToList();
        return versions.Count == 0
            ? Unsupported("lang", $"Language '{lang}' not supported", supported.Select(runtime => runtime.Lang).Distinct())
            : Unsupported("lang_version", $"Version '{version}' not supported for {lang}", versions);
    }

    public static Error LimitTooHigh(string field, int most) =>
        Error.Invalid(Problem.Body(field, $"Input should be less than or equal to {most}", "less_than_equal"));

    private static Error Unsupported(string field, string what, IEnumerable<string> supported) =>
        Error.Invalid(Problem.Body(field, $"{what}. Supported: [{string.Join(", ", supported)}]", "value_error"));

    private static string Word(ExecutionStatus status) => EnumWords<ExecutionStatus>.ToWord(status);
}
