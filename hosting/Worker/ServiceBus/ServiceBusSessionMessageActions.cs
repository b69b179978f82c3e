namespace EmbeddedFunctions.Worker;

/// <summary>The session of the message that a function with <c>IsSessionsEnabled</c> got. A lost lock throws <see cref="InvalidOperationException"/>.</summary>
public class ServiceBusSessionMessageActions
{
    /// <summary>For the host and for tests.</summary>
    protected ServiceBusSessionMessageActions()
    {
    }

    /// <summary>When the session's lock ends unless it is renewed; UTC.</summary>
    public virtual DateTimeOffset SessionLockedUntil { get; protected set; }

    /// <summary>What was last kept with the session; null when nothing was.</summary>
    public virtual Task<BinaryData> GetSessionStateAsync(CancellationToken cancellationToken = default) => throw NotBound();

    /// <summary>Keeps a value with the session; null removes it.</summary>
    public virtual Task SetSessionStateAsync(BinaryData sessionState, CancellationToken cancellationToken = default) => throw NotBound();

    /// <summary>Lets another receiver have the session as soon as the function has returned.</summary>
    public virtual Task ReleaseSession(CancellationToken cancellationToken = default) => throw NotBound();

    /// <summary>Extends the session's lock by the lock duration.</summary>
    public virtual Task RenewSessionLockAsync(CancellationToken cancellationToken = default) => throw NotBound();

    private static InvalidOperationException NotBound() => new("These session actions are not connected to a session.");
}
