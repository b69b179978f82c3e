using Platform.Data;

namespace Platform.Replay;

/// <summary>Every refusal of the area; the texts are those of executions.md §3.4, §3.9 and §3.13.</summary>
public static class ReplayErrors
{
    public static Error NotFound { get; } = Error.NotFound("replay_session.not_found", "Replay session not found");

    public static Error AlreadyStarted { get; } = Error.Conflict("replay_session.already_started", "Session already started");

    public static Error NoFilter { get; } = Error.BadState("replay.no_filter", "Must specify at least one filter for replay");

    public static Error NothingFound { get; } = Error.NotFound("replay.nothing_found", "No events found for replay");

    public static Error UseSession { get; } = Error.BadState("replay.use_session", "Use a replay session");

    /// <summary>The owner of an execution is gone, locked out, or may no longer run scripts there.</summary>
    public static Error OwnerCannotRun { get; } = Error.Forbidden("replay.owner_cannot_run", "The execution's owner can no longer run executions there");

    public static Error TooMany(long count, int most) => Error.BadState("replay.too_many", $"Too many events to replay ({count}). Maximum is {most}.");

    public static Error NoEvents(string aggregateId) => Error.NotFound("replay.no_events", $"No events found for aggregate {aggregateId}");

    public static Error CannotMove(string verb, ReplayStatus status) =>
        Error.Conflict("replay_session.transition_forbidden", $"Cannot {verb} replay session in {EnumWords<ReplayStatus>.ToWord(status)} state");

    public static Error UnknownType(string field, string type) => Error.Invalid(Problem.Body(field, $"Unknown event type '{type}'", "enum"));

    public static Error CallbackRefused(Error refusal) => Error.Invalid(Problem.Body("callback_url", refusal.Message, "value_error"));

    public static Error CallbackFailed(int status) => new(ErrorKind.Upstream, "replay.callback_failed", $"The callback answered {status}");

    public static Error CallbackUnreachable(string reason) => new(ErrorKind.Upstream, "replay.callback_unreachable", reason);

    public static Error Malformed(string eventType) => Error.Invalid("replay.malformed_event", $"The payload is not one of {eventType}");
}
