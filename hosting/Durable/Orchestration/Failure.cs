using EmbeddedFunctions.DurableTask;

namespace EmbeddedFunctions.Durable;

/// <summary>The stored form of <see cref="TaskFailureDetails"/>.</summary>
internal sealed record Failure(string Type, string Message, string? StackTrace, Failure? Inner, bool NonRetriable)
{
    public static Failure From(Exception exception) => From(TaskFailureDetails.FromException(exception));

    public static Failure From(TaskFailureDetails details) =>
        new(details.ErrorType, details.ErrorMessage, details.StackTrace, details.InnerFailure is null ? null : From(details.InnerFailure), details.IsNonRetriable);

    public static Failure Permanent(string type, string message) => new(type, message, null, null, NonRetriable: true);

    public TaskFailureDetails ToDetails() => new(Type, Message, StackTrace, Inner?.ToDetails(), null) { IsNonRetriable = NonRetriable };
}
