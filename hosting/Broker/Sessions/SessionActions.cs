using EmbeddedFunctions.Worker;

namespace EmbeddedFunctions.Broker.Sessions;

/// <summary>What a function may do with the session that its message belongs to.</summary>
internal sealed class SessionActions(SessionStore store, SessionLock held, TimeSpan lockDuration) : ServiceBusSessionMessageActions
{
    public bool IsReleased { get; private set; }

    public override DateTimeOffset SessionLockedUntil => held.LockedUntil;

    public override async Task<BinaryData> GetSessionStateAsync(CancellationToken cancellationToken = default) =>
        await store.ReadStateAsync(held, cancellationToken) is { } state ? BinaryData.FromBytes(state) : null!;

    public override Task SetSessionStateAsync(BinaryData sessionState, CancellationToken cancellationToken = default) =>
        store.WriteStateAsync(held, sessionState?.ToArray(), cancellationToken);

    public override Task ReleaseSession(CancellationToken cancellationToken = default)
    {
        IsReleased = true;
        return Task.CompletedTask;
    }

    public override async Task RenewSessionLockAsync(CancellationToken cancellationToken = default)
    {
        if (!await store.RenewAsync(held, lockDuration, cancellationToken))
            throw SessionStore.Lost(held);
    }
}
