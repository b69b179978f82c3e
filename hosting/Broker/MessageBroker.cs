using EmbeddedFunctions.Hosting;

namespace EmbeddedFunctions.Broker;

/// <summary>Sends messages and wakes who waits for them.</summary>
internal sealed class MessageBroker(MessageWriter writer, ScheduledMessages scheduled, MessageUpkeep upkeep, Subscriptions subscriptions, BrokerNotifications notifications)
    : IMessageSender, IDisposable
{
    private readonly SemaphoreSlim _registering = new(1, 1);
    private ILookup<string, IMessagePump> _pumps = Enumerable.Empty<IMessagePump>().ToLookup(_ => "");
    private volatile bool _registered;

    public async Task SendAsync(string queueOrTopic, IReadOnlyList<OutgoingMessage> messages, CancellationToken ct)
    {
        if (messages.Count == 0)
            return;
        var name = QueueAddress.Queue(queueOrTopic);
        if (subscriptions.NeedsSession(name) && messages.Any(m => string.IsNullOrEmpty(m.SessionId)))
            throw new InvalidOperationException($"The queue '{queueOrTopic}' takes messages with a session id only.");

        await EnsureRegisteredAsync(ct);
        await writer.SendAsync(name, messages, ct);
        Announce(name, messages.Count);
    }

    public async Task<int> CancelScheduledAsync(string queueOrTopic, IReadOnlyCollection<string> messageIds, CancellationToken ct) =>
        messageIds.Count == 0 ? 0 : await scheduled.CancelAsync(queueOrTopic, messageIds, ct);

    public async Task<int> ActivateDeferredAsync(string queueOrSubscription, IReadOnlyCollection<long> sequenceNumbers, CancellationToken ct)
    {
        if (sequenceNumbers.Count == 0)
            return 0;
        var queue = QueueAddress.Queue(queueOrSubscription);
        var activated = await scheduled.ActivateAsync(queue, sequenceNumbers, ct);
        Announce(subscriptions.Listeners.FirstOrDefault(l => l.Queue == queue)?.SentTo ?? queue, activated);
        return activated;
    }

    /// <summary>Makes the app's subscriptions known, so that topics copy to them; once before the first message.</summary>
    public async Task EnsureRegisteredAsync(CancellationToken ct)
    {
        if (_registered)
            return;

        await _registering.WaitAsync(ct);
        try
        {
            if (!_registered)
                await upkeep.RegisterAsync(subscriptions.OfTopics, ct);
            _registered = true;
        }
        finally
        {
            _registering.Release();
        }
    }

    public void Dispose() => _registering.Dispose();

    public void Connect(IEnumerable<(string SentTo, IMessagePump Pump)> pumps) => _pumps = pumps.ToLookup(p => p.SentTo, p => p.Pump);

    /// <summary>Wakes this node's pumps for new messages; false when another node had better look as well.</summary>
    public bool Wake(string name, int messages = 1)
    {
        var (any, busy) = (false, false);
        foreach (var pump in _pumps[name])
        {
            any = true;
            busy |= !pump.HasRoomFor(messages);
            pump.Wake();
        }

        return any && !busy;
    }

    private void Announce(string name, int messages)
    {
        if (!Wake(name, messages))
            notifications.Publish(name);
    }
}
