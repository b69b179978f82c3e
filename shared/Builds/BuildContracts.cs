using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Platform.Archives;

namespace Platform.Builds;

/// <summary>A file of a build's source.</summary>
public sealed record NewBuildFile
{
    [RelativePath]
    public required string Path { get; init; }

    public required string Content { get; init; }

    public SourceEncoding Encoding { get; init; }

    public bool Executable { get; init; }
}

/// <summary>Where a build's files come from. Unknown members are refused.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewBuildSource : IValidatableObject
{
    private const int MaxFiles = 500;

    public required BuildSourceType Type { get; init; }

    [StringLength(2048)]
    public string? Url { get; init => field = value?.Trim(); }

    /// <summary>A branch or tag; absent: the branch of the build.</summary>
    [GitRef]
    public string? Ref { get; init; }

    [RegularExpression(BuildRules.CommitSha)]
    public string? CommitSha { get; init; }

    /// <summary>Commits of history; 0: all of it.</summary>
    [Range(0, 1000)]
    public int? Depth { get; init; }

    public bool? Submodules { get; init; }

    [StringLength(200, MinimumLength = 1)]
    [PlainText]
    public string? Username { get; init; }

    /// <summary>Write-only.</summary>
    [StringLength(4096, MinimumLength = 1)]
    [PlainText]
    public string? Token { get; init; }

    /// <summary>The archive, at most 700 KB.</summary>
    [Base64String]
    [StringLength(960 * 1024)]
    public string? ContentBase64 { get; init; }

    [MaxLength(MaxFiles)]
    public IReadOnlyList<NewBuildFile>? Files { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var isGit = Type == BuildSourceType.Git;
        if (isGit != Url is not null)
            yield return new ValidationResult("A url is for the type git, and required there", [nameof(Url)]);
        if (!isGit && (Ref ?? CommitSha ?? Username ?? Token) is not null)
            yield return new ValidationResult("Members of the type git are given with another type", [nameof(Type)]);
        if ((Type == BuildSourceType.Files) != Files is { Count: > 0 })
            yield return new ValidationResult("Files are for the type files, and required there", [nameof(Files)]);
        if (Type != BuildSourceType.Tarball && ContentBase64 is not null)
            yield return new ValidationResult("An archive is for the type tarball", [nameof(ContentBase64)]);
    }
}

/// <summary>A step of a build's plan.</summary>
public sealed record NewPlanStep
{
    [StringLength(100, MinimumLength = 1)]
    [PlainText]
    public required string Name { get; init => field = value.Trim(); }

    [StringLength(BuildRules.MaxCommand, MinimumLength = 1)]
    public required string Command { get; init; }

    [RelativePath]
    public string? WorkingDirectory { get; init; }

    [Range(1, 7200)]
    public int? TimeoutSeconds { get; init; }

    public bool ContinueOnError { get; init; }

    [AllowedValues(BuildStepKind.Install, BuildStepKind.Build, BuildStepKind.Test, BuildStepKind.Custom)]
    public BuildStepKind Kind { get; init; } = BuildStepKind.Custom;
}

/// <summary>Body of <c>POST /api/builds/project/{projectId}</c>.</summary>
public sealed record NewBuild : IValidatableObject
{
    /// <summary>Absent: the project's repository.</summary>
    public NewBuildSource? Source { get; init; }

    [GitRef]
    public string? Branch { get; init; }

    [RegularExpression(BuildRules.CommitSha)]
    public string? CommitSha { get; init => field = value?.ToLowerInvariant(); }

    [StringLength(2000)]
    public string? CommitMessage { get; init => field = value?.Trim(); }

    [StringLength(200)]
    [PlainText]
    public string? CommitAuthor { get; init => field = value?.Trim(); }

    /// <summary>Absent: production for the production branch, else preview.</summary>
    public BuildEnvironment? Environment { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public BuildExecutor Executor { get; init; }

    /// <summary>Replaces members of the project's configuration for this build.</summary>
    public BuildOverrides? Config { get; init; }

    /// <summary>The whole plan; replaces installation, build and test.</summary>
    [Length(1, 50)]
    public IReadOnlyList<NewPlanStep>? Steps { get; init; }

    /// <summary>For this build only; write-only.</summary>
    public IReadOnlyDictionary<string, string>? EnvironmentVariables { get; init; }

    /// <summary>Do not use dependencies that earlier builds have left.</summary>
    public bool ClearCache { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Source is { Type: BuildSourceType.None } && Executor != BuildExecutor.External)
            yield return new ValidationResult("A build without source is for the executor external", [nameof(Source)]);
        foreach (var problem in BuildRules.CheckLabels(Labels).Concat(BuildRules.CheckVariables(EnvironmentVariables, nameof(EnvironmentVariables))))
            yield return problem;
    }
}

/// <summary>Body of <c>POST /api/builds/{buildId}/retry</c>.</summary>
public sealed record NewRetry : IValidatableObject
{
    public bool ClearCache { get; init; }

    /// <summary>Besides those of the build that is retried; write-only.</summary>
    public IReadOnlyDictionary<string, string>? EnvironmentVariables { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => BuildRules.CheckVariables(EnvironmentVariables, nameof(EnvironmentVariables));
}

/// <summary>Body of <c>POST /api/builds/{buildId}/cancel</c>.</summary>
public sealed record BuildCancellation
{
    [StringLength(500)]
    public string? Reason { get; init => field = value?.Trim(); }
}

/// <summary>Why an external build failed.</summary>
public sealed record ReportedFailure
{
    public BuildFailureCode? Code { get; init; }

    [StringLength(2000)]
    public required string Message { get; init; }
}

/// <summary>Body of <c>PATCH /api/builds/{buildId}/status</c>.</summary>
public sealed record BuildStatusReport
{
    public required BuildStatus Status { get; init; }

    [StringLength(2000)]
    public string? Message { get; init; }

    public int? ExitCode { get; init; }

    public ReportedFailure? Failure { get; init; }

    [RegularExpression(BuildRules.CommitSha)]
    public string? CommitSha { get; init => field = value?.ToLowerInvariant(); }
}

/// <summary>Body of <c>POST /api/builds/{buildId}/steps</c>.</summary>
public sealed record NewBuildStep
{
    [StringLength(100, MinimumLength = 1)]
    [PlainText]
    public required string Name { get; init => field = value.Trim(); }

    /// <summary>Required for a build that the platform runs.</summary>
    [StringLength(BuildRules.MaxCommand, MinimumLength = 1)]
    public string? Command { get; init; }

    public BuildStepKind Kind { get; init; } = BuildStepKind.Custom;

    /// <summary>Its place; absent: the last.</summary>
    [Range(1, 1000)]
    public int? Order { get; init; }

    [RelativePath]
    public string? WorkingDirectory { get; init; }

    [Range(1, 7200)]
    public int? TimeoutSeconds { get; init; }

    public bool ContinueOnError { get; init; }

    public BuildStepStatus Status { get; init; }

    public DateTimeOffset? StartedAt { get; init; }
}

/// <summary>Body of <c>PATCH /api/builds/{buildId}/steps/{stepId}</c>: absent members stay as they are.</summary>
public sealed record BuildStepReport : IValidatableObject
{
    public BuildStepStatus? Status { get; init; }

    public int? ExitCode { get; init; }

    [StringLength(100, MinimumLength = 1)]
    [PlainText]
    public string? Name { get; init => field = value?.Trim(); }

    [StringLength(BuildRules.MaxCommand, MinimumLength = 1)]
    public string? Command { get; init; }

    [Range(1, 7200)]
    public int? TimeoutSeconds { get; init; }

    [StringLength(2000)]
    public string? Error { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Status is null && ExitCode is null && Name is null && Command is null && TimeoutSeconds is null && Error is null && StartedAt is null && FinishedAt is null)
            yield return new ValidationResult("At least one member should be given");
        if (FinishedAt < StartedAt)
            yield return new ValidationResult("The end should not be before the start", [nameof(FinishedAt)]);
        if (Status == BuildStepStatus.Succeeded && ExitCode is not (null or 0))
            yield return new ValidationResult("A step that succeeded has the exit code 0", [nameof(ExitCode)]);
    }
}
