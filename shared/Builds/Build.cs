using Platform.Data;

namespace Platform.Builds;

/// <summary>One run of a project's build. Its row is locked by whoever moves its state or adds to its log.</summary>
public sealed class Build : IProjectOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    /// <summary>Counts up in the project, from 1.</summary>
    public int Number { get; set; }

    public required BuildExecutor Executor { get; init; }

    public required BuildSource Source { get; set; }

    /// <summary>The build whose archive it unpacks: its own, or for a retry the first one.</summary>
    public Guid? ArchiveBuildId { get; init; }

    /// <summary>Sealed: the source's token and the variables of the request.</summary>
    public string? Secrets { get; set; }

    public string? Branch { get; init; }

    public string? CommitSha { get; set; }

    public string? CommitMessage { get; set; }

    public string? CommitAuthor { get; set; }

    public required BuildEnvironment Environment { get; init; }

    public required BuildTrigger Trigger { get; init; }

    public Guid? TriggeredBy { get; init; }

    public string? TriggeredByName { get; init; }

    /// <summary>The configuration as it was when the build was made, with the request's overrides.</summary>
    public required BuildSettings Config { get; init; }

    /// <summary>The steps came with the request; nothing is found out from the files.</summary>
    public bool HasPlan { get; init; }

    public bool ClearCache { get; init; }

    public required BuildStatus Status { get; set; }

    public required BuildPhase Phase { get; set; }

    public int Attempt { get; init; } = 1;

    public Guid? RetryOf { get; init; }

    public required Guid RootBuildId { get; init; }

    public Guid? RetriedBy { get; set; }

    public List<BuildLabel> Labels { get; init; } = [];

    public required DateTimeOffset QueuedAt { get; init; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public DateTimeOffset? CancelRequestedAt { get; set; }

    public Guid? CancelledBy { get; set; }

    public string? CancelReason { get; set; }

    public long? QueueMs { get; set; }

    public long? DurationMs { get; set; }

    public BuildFailureCode? FailureCode { get; set; }

    public string? FailureMessage { get; set; }

    public Guid? FailureStepId { get; set; }

    public string? FailureStepName { get; set; }

    public int? FailureExitCode { get; set; }

    /// <summary>Lines of the log, which is the sequence of its last one.</summary>
    public long LogLines { get; set; }

    /// <summary>Bytes of the messages.</summary>
    public long LogBytes { get; set; }

    public long LogWarnings { get; set; }

    public long LogErrors { get; set; }

    /// <summary>The log is full; what comes is dropped.</summary>
    public bool LogCut { get; set; }

    public DetectedCommands? Detected { get; set; }

    public bool? CacheHit { get; set; }

    public long? CacheRestoredBytes { get; set; }

    public long? CacheSavedBytes { get; set; }

    public long? SourceBytes { get; set; }

    public int? SourceFiles { get; set; }

    /// <summary>Who runs it; set once, since a step is never run twice.</summary>
    public Guid? LeaseToken { get; set; }

    /// <summary>When its runner counts as lost unless it is heard of before.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; set; }

    /// <summary>How long its files can be worked in after its end; null: they are gone.</summary>
    public DateTimeOffset? SnapshotExpiresAt { get; set; }

    public Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public long Version { get; set; }

    public BuildFailure? Failure => FailureCode is { } code ? new BuildFailure(code, FailureMessage ?? "", FailureStepId, FailureStepName, FailureExitCode) : null;

    /// <summary>Moves it to <see cref="BuildStatus.Running"/>.</summary>
    public void Start(DateTimeOffset now)
    {
        (Status, StartedAt, UpdatedAt) = (BuildStatus.Running, now, now);
        Phase = Executor == BuildExecutor.External ? BuildPhase.Build : BuildPhase.Fetch;
        QueueMs = Milliseconds(QueuedAt, now);
    }

    /// <summary>Moves it to a final state. One that never started took no time.</summary>
    public void End(BuildStatus status, BuildFailure? failure, DateTimeOffset now)
    {
        (Status, Phase, FinishedAt, UpdatedAt) = (status, BuildPhase.Done, now, now);
        DurationMs = StartedAt is { } start ? Milliseconds(start, now) : 0;
        LeaseExpiresAt = null;
        (FailureCode, FailureMessage, FailureStepId, FailureStepName, FailureExitCode) = (failure?.Code, failure?.Message, failure?.StepId, failure?.StepName, failure?.ExitCode);
    }

    internal static long Milliseconds(DateTimeOffset from, DateTimeOffset to) => Math.Max(0, (long)(to - from).TotalMilliseconds);
}

/// <summary>A word that users give to a build, to find it by.</summary>
[PlatformScoped]
public sealed class BuildLabel
{
    public required Guid BuildId { get; init; }

    public required string Key { get; init; }

    public required string Value { get; init; }
}
