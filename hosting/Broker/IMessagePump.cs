namespace EmbeddedFunctions.Broker;

/// <summary>Feeds one function from its queue.</summary>
internal interface IMessagePump
{
    /// <summary>Whether so many new messages need not wait here.</summary>
    bool HasRoomFor(int messages);

    /// <summary>Whether it has to look for messages of which it was not told, when those queues have some to deliver.</summary>
    bool NeedsLook(IReadOnlySet<string> ready);

    /// <summary>Looks for messages at once.</summary>
    void Wake();

    /// <summary>Runs until <paramref name="stop"/>, then ends when the running functions have ended; <paramref name="abort"/> cancels them.</summary>
    Task RunAsync(CancellationToken stop, CancellationToken abort);

    /// <summary>Renews the locks that are half over, except of functions that run longer than the host renews for.</summary>
    Task RenewLocksAsync(CancellationToken ct);
}
