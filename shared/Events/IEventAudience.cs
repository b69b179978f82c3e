namespace Platform.Events;

/// <summary>Tells in which organizations somebody waits for the events of a subscription. Without one a subscription gets all of its types; with one the topic is spared those that concern nobody.</summary>
public interface IEventAudience
{
    string Subscription { get; }

    /// <summary>Those of the given organizations in which somebody waits now. Asked after the events were read, so whoever came before an event is found.</summary>
    Task<IReadOnlySet<Guid>> AmongAsync(IReadOnlyCollection<Guid> organizations, CancellationToken ct);

    /// <summary>Whether somebody waits for events of this type. Asked before they are written, where that is done only for those who wait.</summary>
    Task<bool> WaitsAsync(Guid organizationId, string eventType, CancellationToken ct);
}
