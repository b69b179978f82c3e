namespace Platform.Replay;

/// <summary>Answer of a session's creation and of each change of its state.</summary>
public sealed record ReplaySessionChange(Guid SessionId, ReplayStatus Status, string Message);

/// <summary>A session in a list.</summary>
public record ReplaySessionSummary(
    Guid SessionId,
    ReplayType ReplayType,
    ReplayTarget Target,
    ReplayStatus Status,
    long TotalEvents,
    long ReplayedEvents,
    long FailedEvents,
    long SkippedEvents,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    double? DurationSeconds,
    double? ThroughputEventsPerSecond)
{
    public static ReplaySessionSummary From(ReplaySession session, DateTimeOffset now)
    {
        double? duration = session.StartedAt is { } start ? Math.Round(((session.CompletedAt ?? now) - start).TotalSeconds, 3) : null;
        return new(
            session.Id, session.Config.ReplayType, session.Config.Target, session.Status,
            session.TotalEvents, session.ReplayedEvents, session.FailedEvents, session.SkippedEvents,
            session.CreatedAt, session.StartedAt, session.CompletedAt, duration, duration > 0 ? Math.Round(session.ReplayedEvents / duration.Value, 3) : null);
    }
}

/// <summary>One session.</summary>
public sealed record ReplaySessionView : ReplaySessionSummary
{
    private ReplaySessionView(ReplaySessionSummary summary)
        : base(summary)
    {
    }

    public required ReplayConfigView Config { get; init; }

    public required string CorrelationId { get; init; }

    public required Guid? CreatedBy { get; init; }

    /// <summary>When the last event that was dealt with had happened.</summary>
    public required DateTimeOffset? LastEventAt { get; init; }

    public required IReadOnlyList<ReplayProblem> Errors { get; init; }

    public static new ReplaySessionView From(ReplaySession session, DateTimeOffset now) => new(ReplaySessionSummary.From(session, now))
    {
        Config = ReplayConfigView.From(session.Config),
        CorrelationId = session.CorrelationId,
        CreatedBy = session.CreatedBy,
        LastEventAt = session.LastEventAt,
        Errors = session.Errors,
    };
}

/// <summary>All that a session was asked to do; of the callback's address only scheme, host and end are shown.</summary>
public sealed record ReplayConfigView(
    ReplayType ReplayType,
    ReplayTarget Target,
    Guid? ExecutionId,
    IReadOnlyList<string>? EventTypes,
    IReadOnlyList<string>? ExcludeEventTypes,
    DateTimeOffset? StartTime,
    DateTimeOffset? EndTime,
    Guid? UserId,
    string? ServiceName,
    double SpeedMultiplier,
    bool PreserveTimestamps,
    int BatchSize,
    long? MaxEvents,
    bool SkipErrors,
    bool RetryFailed,
    int RetryAttempts,
    string? TargetService,
    string? TargetFilePath,
    string? CallbackUrl,
    ReplayFilter Filter)
{
    public static ReplayConfigView From(ReplayConfig config) => new(
        config.ReplayType, config.Target, config.Filter.ExecutionId, config.Filter.EventTypes, config.Filter.ExcludeEventTypes, config.Filter.StartTime, config.Filter.EndTime,
        config.Filter.UserId, config.Filter.ServiceName, config.SpeedMultiplier, config.PreserveTimestamps, config.BatchSize, config.MaxEvents, config.SkipErrors,
        config.RetryFailed, config.RetryAttempts, config.TargetService, config.TargetFilePath, config.CallbackUrl, config.Filter);
}

/// <summary>Answer of the clean-up.</summary>
public sealed record ReplayCleaned(int RemovedSessions, string Message);
