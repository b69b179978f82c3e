namespace Platform.Events;

/// <summary>Handles events of a subscription in a unit of work of its own. Effects are rows (or workflows) of that unit; foreign I/O belongs into an orchestration.</summary>
public interface IEventHandler
{
    /// <summary>Must not save: the consumer saves together with the mark that the event was handled. Throwing means "try again".</summary>
    Task HandleAsync(PlatformEvent stored, CancellationToken ct);
}

/// <summary>Which handler of a subscription takes which events.</summary>
public sealed record EventSubscription(string Subscription, Type Handler, IReadOnlyCollection<string> EventTypes)
{
    /// <summary>Also handle events that a replay put back. Those with effects outside leave history alone unless a replay targets them.</summary>
    public bool TakesReplays { get; init; }

    /// <summary>What makes two events the same work; see <see cref="EventKeys"/>.</summary>
    public Func<PlatformEvent, string> Key { get; init; } = EventKeys.ByEvent;
}
