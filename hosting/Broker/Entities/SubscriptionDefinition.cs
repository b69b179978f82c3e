namespace EmbeddedFunctions.Broker.Entities;

/// <summary>What senders must know of a subscription; stored as JSON with it.</summary>
internal sealed record SubscriptionDefinition
{
    /// <summary>A message gets in when it fits one of them; all messages do when there is none.</summary>
    public IReadOnlyList<SubscriptionRule> Rules { get; init; } = [];

    /// <summary>Messages without session id go to the dead-letter sub-queue.</summary>
    public bool RequiresSession { get; init; }

    /// <summary>How long a copy lives at most.</summary>
    public TimeSpan? TimeToLive { get; init; }
}
