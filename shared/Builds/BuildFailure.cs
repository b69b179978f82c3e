namespace Platform.Builds;

/// <summary>Why a build did not succeed. The words are the contract's (delivery §1.1).</summary>
public enum BuildFailureCode
{
    QueueTimeout,
    SourceUnavailable,
    RefNotFound,
    SourceInvalid,
    StepFailed,
    StepTimeout,
    BuildTimeout,
    OutOfMemory,
    ArtifactLimit,
    HookFailed,
    ExecutorLost,
    External,
    InternalError,
}

/// <param name="Message">For the build's users; holds no secret.</param>
public sealed record BuildFailure(BuildFailureCode Code, string Message, Guid? StepId = null, string? StepName = null, int? ExitCode = null);
