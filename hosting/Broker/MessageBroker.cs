using EmbeddedFunctions.Hosting;

namespace EmbeddedFunctions.Broker;

/// <summary>Sends messages and wakes who waits for them.</summary>
internal sealed class MessageBroker(MessageStore store, MessageUpkeep upkeep, Subscriptions subscriptions, BrokerNotifications notifications) : IMessageSender, IDisposable
{
    private readonly SemaphoreSlim _registering = new(1, 1);
    private ILookup<string, MessagePump> _pumps = Enumerable.Empty<MessagePump>().ToLookup(_ => "");
    private volatile bool _registered;

    public async Task SendAsync(string queueOrTopic, IReadOnlyList<OutgoingMessage> messages, CancellationToken ct)
    {
        if (messages.Count == 0)
            return;

        await EnsureRegisteredAsync(ct);
        await store.SendAsync(queueOrTopic, messages, ct);
        var name = QueueAddress.Queue(queueOrTopic);
        if (!Wake(name, messages.Count))
            await notifications.PublishAsync(name);
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

    public void Connect(IEnumerable<(string SentTo, MessagePump Pump)> pumps) => _pumps = pumps.ToLookup(p => p.SentTo, p => p.Pump);

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
}
