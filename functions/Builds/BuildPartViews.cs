using Platform.Builds;

namespace Platform.Functions.Builds;

/// <summary>A step of a build.</summary>
public sealed record BuildStepView(
    Guid Id,
    Guid BuildId,
    int Order,
    string Name,
    BuildStepKind Kind,
    string? Command,
    string? WorkingDirectory,
    int? TimeoutSeconds,
    bool ContinueOnError,
    BuildStepStatus Status,
    int? ExitCode,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    long? DurationMs,
    long? CpuMs,
    int? MaxRssMb,
    long LogLines,
    string? Error)
{
    public static BuildStepView Of(BuildStep step) => new(
        step.Id,
        step.BuildId,
        step.Order,
        step.Name,
        step.Kind,
        step.Command,
        step.WorkingDirectory,
        step.TimeoutSeconds,
        step.ContinueOnError,
        step.Status,
        step.ExitCode,
        step.StartedAt,
        step.FinishedAt,
        step.DurationMs,
        step.CpuMs,
        step.MaxRssMb,
        step.LogLines,
        step.Error);
}

/// <summary>A file that a build has left.</summary>
public sealed record BuildArtifactView(Guid Id, string Path, long SizeBytes, string Sha256, string ContentType, BuildArtifactKind Kind, DateTimeOffset ExpiresAt, string DownloadUrl)
{
    public static BuildArtifactView Of(BuildArtifact artifact) => new(
        artifact.Id, artifact.Path, artifact.SizeBytes, artifact.Sha256, artifact.ContentType, artifact.Kind, artifact.ExpiresAt, $"/api/builds/{artifact.BuildId}/artifacts/{artifact.Id}");
}

/// <summary>How a hook of a build went. Those of one <c>runId</c> ran together.</summary>
public sealed record BuildHookResultView(
    Guid RunId, string Name, BuildHookPhase Phase, BuildHookType Type, BuildHookStatus Status, int? ExitCode, int? StatusCode, long DurationMs, string Output, DateTimeOffset? FinishedAt)
{
    public static IEnumerable<BuildHookResultView> Of(BuildHookRun run) => run.Results.Select(result => new BuildHookResultView(
        run.Id, result.Name, result.Phase, result.Type, result.Status, result.ExitCode, result.StatusCode, result.DurationMs, result.Output, result.FinishedAt));
}
