using Platform.Data;

namespace Platform.Builds;

/// <summary>Refusals about builds.</summary>
public static class BuildErrors
{
    public static readonly Error NotFound = Error.NotFound("build.not_found", "Build not found");
    public static readonly Error StepNotFound = Error.NotFound("build.not_found", "Step not found");
    public static readonly Error ArtifactNotFound = Error.NotFound("build.not_found", "Artifact not found");
    public static readonly Error HookNotFound = Error.NotFound("build.not_found", "Hook not found");
    public static readonly Error ProjectNotFound = Error.NotFound("build.not_found", "Project not found");
    public static readonly Error ProjectArchived = Error.Conflict("build.project_archived", "The project is archived");
    public static readonly Error SourceRequired = Error.Invalid("build.source_required", "A source is required: the project has no repository");
    public static readonly Error BranchFiltered = Error.Conflict("build.branch_filtered", "The project's configuration leaves this branch out");
    public static readonly Error ManagedByPlatform = Error.Conflict("build.managed_by_platform", "The platform runs this build; it can only be cancelled");
    public static readonly Error Finished = Error.Conflict("build.build_finished", "The build has ended");
    public static readonly Error Finishing = Error.Conflict("build.build_finishing", "The build's steps are over");
    public static readonly Error StepStarted = Error.Conflict("build.step_started", "The step has begun, and the platform runs it");
    public static readonly Error NotRetryable = Error.Conflict("build.not_retryable", "Only builds that failed, ran out of time or were cancelled can be retried");
    public static readonly Error AlreadyRetrying = Error.Conflict("build.already_retrying", "A retry of this build is under way");
    public static readonly Error SourceExpired = new(ErrorKind.Gone, "build.source_expired", "The build's source is no longer kept");
    public static readonly Error ArtifactExpired = new(ErrorKind.Gone, "build.gone", "The artifact is no longer kept");
    public static readonly Error WorkspaceExpired = new(ErrorKind.Gone, "build.workspace_expired", "The build's files are no longer kept");
    public static readonly Error NoWorkspace = Error.Conflict("build.no_workspace", "An external build has no files here");
    public static readonly Error Busy = Error.Conflict("build.build_busy", "The build is at work");
    public static readonly Error VersionConflict = Error.Conflict("build.version_conflict", "The configuration has been changed meanwhile");
    public static readonly Error NoRepository = Error.Invalid(Problem.Body("repositoryToken", "A token needs a repositoryUrl", "value_error"));
    public static readonly Error ArchiveMissing = Error.Invalid(Problem.Body("source", "The archive is missing: send it as the part 'source' or as contentBase64", "value_error"));
    public static readonly Error StepOfAnother = Error.Invalid(Problem.Body("stepId", "The step should be one of this build", "value_error"));
    public static readonly Error SandboxUnavailable =
        new(ErrorKind.Unavailable, "build.unavailable", "This installation cannot run builds at the moment") { RetryAfter = TimeSpan.FromSeconds(60) };

    public static readonly Error QueueFull =
        new(ErrorKind.RateLimited, "build.queue_full", "Too many builds of the organization wait already") { RetryAfter = TimeSpan.FromSeconds(60) };

    public static Error TooManySteps(int most) => Error.Conflict("build.step_limit", $"A build can have at most {most} steps");

    public static Error UrlNotAllowed(string field, Error refusal) => Error.Invalid("build.url_not_allowed", $"{field}: {refusal.Message}");

    public static Error SourceInvalid(string message) => Error.Invalid("build.source_invalid", message);

    public static Error InvalidTransition(BuildStatus from, BuildStatus to) => Error.Conflict("build.invalid_transition", $"A build that is {Word(from)} cannot become {Word(to)}") with
    {
        Details = [new Transition(Word(from), Word(to), [.. BuildTransitions.After(from).Select(Word)])],
    };

    public static Error InvalidTransition(BuildStepStatus from, BuildStepStatus to) => Error.Conflict("build.invalid_transition", $"A step that is {Word(from)} cannot become {Word(to)}") with
    {
        Details = [new Transition(Word(from), Word(to), [.. BuildTransitions.After(from).Select(Word)])],
    };

    private static string Word<T>(T value)
        where T : struct, Enum => EnumWords<T>.ToWord(value);

    private sealed record Transition(string From, string To, IReadOnlyList<string> Allowed);
}
