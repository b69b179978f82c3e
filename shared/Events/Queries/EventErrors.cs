namespace Platform.Events;

/// <summary>Every refusal of the area; the texts are those of executions.md §3.4.</summary>
public static class EventErrors
{
    public static Error NotFound { get; } = Error.NotFound("event.not_found", "Event not found");

    public static Error ForeignUser { get; } = Error.Forbidden("event.foreign_user", "Cannot query other users' events");

    public static Error TooSlow { get; } =
        new(ErrorKind.Unavailable, "event.too_slow", "The search takes too long. Narrow the time range") { RetryAfter = TimeSpan.FromSeconds(10) };

    /// <param name="place">Where the list of types stands in the request.</param>
    public static Error UnknownType(IEnumerable<string> place, string type) => Error.Invalid(new Problem([.. place], $"Unknown event type '{type}'", "enum"));

    public static Error NotPublishable(string type) =>
        Error.Invalid(Problem.Body("event_type", $"Events of type '{type}' cannot be published", "value_error"));

    public static Error UnstorableMetadata { get; } = Error.Invalid(Problem.Body("metadata", "Numbers should be ones that 64 bits can hold", "value_error"));

    public static Error StartAfterEnd { get; } = Error.Invalid(Problem.Query("start_time", "The start should not be after the end", "value_error"));
}
