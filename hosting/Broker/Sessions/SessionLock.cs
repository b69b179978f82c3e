namespace EmbeddedFunctions.Broker.Sessions;

/// <summary>The right to receive a session's messages.</summary>
internal sealed class SessionLock(string queue, string sessionId, string token, DateTimeOffset lockedUntil)
{
    private long _lockedUntil = lockedUntil.UtcTicks;

    public string Queue => queue;

    public string SessionId => sessionId;

    public string Token => token;

    public DateTimeOffset LockedUntil
    {
        get => new(Volatile.Read(ref _lockedUntil), TimeSpan.Zero);
        set => Volatile.Write(ref _lockedUntil, value.UtcTicks);
    }
}
