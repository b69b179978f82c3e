using System.Text.Json.Serialization;
using Platform.Executions;

namespace Platform.Replay;

/// <summary>An event of a preview.</summary>
public sealed record EventReplaySummary(Guid EventId, string EventType, DateTimeOffset Timestamp, string? AggregateId);

/// <summary>Answer of <c>POST /admin/events/replay</c>; <paramref name="Status"/> is <c>preview</c> for a dry run.</summary>
public sealed record EventReplayAnswer(
    bool DryRun, long TotalEvents, string ReplayCorrelationId, Guid? SessionId, string Status, IReadOnlyList<EventReplaySummary>? EventsPreview);

/// <summary>How far a session is, with what became of its executions.</summary>
public sealed record EventReplayProgress(
    Guid SessionId,
    ReplayStatus Status,
    long TotalEvents,
    long ReplayedEvents,
    long FailedEvents,
    long SkippedEvents,
    string CorrelationId,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    string? Error,
    double ProgressPercentage,
    DateTimeOffset? EstimatedCompletion,
    IReadOnlyList<ReplayedExecution> ExecutionResults)
{
    public static EventReplayProgress From(ReplaySession session, IReadOnlyList<ReplayedExecution> executions, DateTimeOffset now)
    {
        var done = session.Handled + session.SkippedEvents;
        var share = session.TotalEvents > 0 ? (double)done / session.TotalEvents : session.Status == ReplayStatus.Completed ? 1 : 0;
        return new(
            session.Id, session.Status, session.TotalEvents, session.ReplayedEvents, session.FailedEvents, session.SkippedEvents, session.CorrelationId,
            session.CreatedAt, session.StartedAt, session.CompletedAt, session.Errors is [.., var last] ? last.Error : null, Math.Round(100 * share, 2),
            session is { Status: ReplayStatus.Running, StartedAt: { } start } && share > 0 ? now + ((now - start) * ((1 - share) / share)) : null, executions);
    }
}

/// <summary>An execution that a replay started, or of which its events tell.</summary>
public sealed record ReplayedExecution(
    Guid ExecutionId,
    ExecutionStatus Status,
    string? Output,
    string? Errors,
    int? ExitCode,
    double? ExecutionTime,
    string Lang,
    string LangVersion,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static ReplayedExecution From(ExecutionView view) => new(
        view.ExecutionId, view.Status, view.Output, view.Errors, view.ExitCode, view.ResourceUsage?.ExecutionTimeWallSeconds, view.Lang, view.LangVersion, view.CreatedAt, view.UpdatedAt);
}

/// <summary>Answer of a replay of one aggregate.</summary>
public abstract record AggregateAnswer([property: JsonPropertyOrder(-2)] bool DryRun, [property: JsonPropertyOrder(-1)] string AggregateId);

/// <summary>What a replay would take.</summary>
public sealed record AggregatePreview(string AggregateId, long EventCount, IReadOnlyList<string> EventTypes, DateTimeOffset StartTime, DateTimeOffset EndTime)
    : AggregateAnswer(true, AggregateId);

/// <summary>What a replay has done.</summary>
public sealed record AggregateReplayed(string AggregateId, int ReplayedCount, string ReplayCorrelationId) : AggregateAnswer(false, AggregateId);
