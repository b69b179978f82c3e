namespace Platform.Events;

/// <summary>Tells which aggregates of an area are the caller's. Registered by areas whose objects may have events of others: their owner sees those too.</summary>
public interface IAggregateOwners
{
    /// <summary>Those of <paramref name="aggregateIds"/> that the caller owns.</summary>
    Task<IReadOnlyCollection<string>> OwnedAsync(IReadOnlyCollection<string> aggregateIds, CancellationToken ct);
}
