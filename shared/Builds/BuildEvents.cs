using Platform.Events;

namespace Platform.Builds;

/// <summary>What events tell of a build.</summary>
public sealed record BuildSummary(
    Guid Id, int Number, Guid ProjectId, BuildStatus Status, BuildExecutor ExecutorType, BuildEnvironment Environment, string? Branch, string? CommitSha, int Attempt, Guid RootBuildId)
{
    public Guid? RetryOf { get; init; }

    public Guid? TriggeredBy { get; init; }

    public BuildFailure? Failure { get; init; }

    public long? DurationMs { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Null also when the platform cancelled it for a newer build.</summary>
    public Guid? CancelledBy { get; init; }

    public static BuildSummary Of(Build build) => new(
        build.Id, build.Number, build.ProjectId, build.Status, build.Executor, build.Environment, build.Branch, build.CommitSha, build.Attempt, build.RootBuildId)
    {
        RetryOf = build.RetryOf,
        TriggeredBy = build.TriggeredBy,
        Failure = build.Failure,
        DurationMs = build.DurationMs,
        CreatedAt = build.CreatedAt,
        StartedAt = build.StartedAt,
        FinishedAt = build.FinishedAt,
        CancelledBy = build.Status == BuildStatus.Cancelled ? build.CancelledBy : null,
    };
}

/// <summary>Events about one build. They never tell a command, a variable or a line of the log.</summary>
public abstract record BuildEvent(BuildSummary Build) : DomainEvent
{
    public const string TopicName = "build_events";

    public override string Topic => TopicName;

    public override string? AggregateId => Build.Id.ToString();

    public override string Service => "build-service";

    /// <summary>The event about a build in the state that it has now.</summary>
    internal static BuildEvent OfState(Build build)
    {
        var summary = BuildSummary.Of(build);
        BuildEvent told = build.Status switch
        {
            BuildStatus.Queued => new BuildCreated(summary),
            BuildStatus.Running => new BuildStarted(summary),
            BuildStatus.Succeeded => new BuildCompleted(summary),
            BuildStatus.Cancelled => new BuildCancelled(summary),
            _ => new BuildFailed(summary),
        };
        return told with { OrganizationId = build.OrganizationId, ProjectId = build.ProjectId, OwnerId = build.CreatedBy };
    }
}

/// <summary>It waits for its turn.</summary>
public sealed record BuildCreated(BuildSummary Build) : BuildEvent(Build)
{
    public override string EventType => "build.created";
}

/// <summary>Its work has begun.</summary>
public sealed record BuildStarted(BuildSummary Build) : BuildEvent(Build)
{
    public override string EventType => "build.started";
}

/// <summary>It succeeded.</summary>
public sealed record BuildCompleted(BuildSummary Build) : BuildEvent(Build)
{
    public override string EventType => "build.completed";
}

/// <summary>It failed or ran out of time.</summary>
public sealed record BuildFailed(BuildSummary Build) : BuildEvent(Build)
{
    public override string EventType => "build.failed";
}

/// <summary>Somebody, or a newer build of its branch, stopped it.</summary>
public sealed record BuildCancelled(BuildSummary Build) : BuildEvent(Build)
{
    public override string EventType => "build.cancelled";
}
