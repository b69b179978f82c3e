namespace Platform.DeadLetters;

/// <summary>Every refusal of the area; the texts are those of executions.md §3.12.</summary>
public static class DeadLetterErrors
{
    public static Error NotFound { get; } = Error.NotFound("dlq.not_found", "Message not found");

    public static Error NotFoundOrFinal { get; } = Error.NotFound("dlq.not_found_or_final", "Message not found or already in terminal state");

    public static Error AlreadyRetried { get; } = Error.BadState("dlq.already_retried", "Message already retried");

    public static Error AlreadyDiscarded { get; } = Error.BadState("dlq.already_discarded", "Message already discarded");

    /// <summary>What failed was no consumer of events, so there is nobody to hand the event to.</summary>
    public static Error NoConsumer { get; } = Error.BadState("dlq.no_consumer", "Message has no consumer that could take it again");

    public static Error TopicUnknown(string topic) => Error.Invalid(Problem.Body("topic", $"Unknown topic '{topic}'", "enum"));
}
