namespace EmbeddedFunctions.Broker;

/// <summary>The names of queues in the store, as Service Bus writes its paths; they do not distinguish case.</summary>
internal static class QueueAddress
{
    public const string DeadLetterSuffix = "/$deadletterqueue";

    public static string Queue(string name) => name.ToLowerInvariant();

    public static string Subscription(string topic, string subscription) => $"{topic}/subscriptions/{subscription}".ToLowerInvariant();

    public static string DeadLetter(string queue) => queue + DeadLetterSuffix;

    /// <summary>The queue whose dead letters these are.</summary>
    public static string OfDeadLetter(string deadLetters) => deadLetters[..^DeadLetterSuffix.Length];

    public static bool IsDeadLetter(string queue) => queue.EndsWith(DeadLetterSuffix, StringComparison.Ordinal);
}
