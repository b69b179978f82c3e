using System.Collections.Concurrent;
using System.Threading.Channels;
using EmbeddedFunctions.ServiceBus;
using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Worker;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Broker;

/// <summary>Feeds a function without sessions: fetches while there is room, runs up to the configured number of calls at once, keeps their locks.</summary>
internal sealed class MessagePump : IMessagePump
{
    private const int MaxFetch = 512;

    private readonly Listener _listener;
    private readonly PumpServices _services;
    private readonly BrokerOptions _options;
    private readonly MessageRun _run;
    private readonly AsyncSignal _wake = new();
    private readonly Channel<ServiceBusReceivedMessage> _fetched = Channel.CreateUnbounded<ServiceBusReceivedMessage>(new UnboundedChannelOptions { SingleWriter = true });
    private readonly ConcurrentDictionary<string, ServiceBusReceivedMessage> _held = new();
    private readonly int _batch;
    private int _room;

    public MessagePump(Listener listener, PumpServices services, BrokerOptions options)
    {
        (_listener, _services, _options) = (listener, services, options);
        _run = new MessageRun(listener.Function, listener.Queue, services, options);
        _batch = listener.Trigger.IsBatched ? options.MaxMessageBatchSize : 1;
        _room = (options.MaxConcurrentCalls * _batch) + options.PrefetchCount;
    }

    public bool HasRoomFor(int messages) => Volatile.Read(ref _room) >= messages;

    public bool NeedsLook(IReadOnlySet<string> ready) => ready.Contains(_listener.Queue);

    public void Wake() => _wake.Set();

    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        var workers = Enumerable.Range(0, _options.MaxConcurrentCalls).Select(_ => Task.Run(() => WorkAsync(stop, abort), CancellationToken.None)).ToList();
        await FetchAsync(stop);
        _fetched.Writer.Complete();
        await Task.WhenAll(workers);
        await ReleaseFetchedAsync();
    }

    public async Task RenewLocksAsync(CancellationToken ct)
    {
        var now = _services.Clock.GetUtcNow();
        var due = _held.Values.Where(m => m.LockedUntil - now < _options.LockDuration / 2 && now - m.ReceivedAt < _options.MaxAutoLockRenewalDuration).ToList();
        if (due.Count == 0)
            return;

        var until = now + _options.LockDuration;
        var renewed = (await _services.Store.RenewAsync(due, until, ct)).ToHashSet();
        foreach (var message in due)
        {
            if (renewed.Contains(message.SequenceNumber))
                message.LockedUntil = until;
            else if (_held.ContainsKey(message.LockToken))
                _services.Logger.LogWarning("{Function} lost the lock of message {MessageId}; it is delivered again.", _listener.Function.Name, message.MessageId);
        }
    }

    private Task FetchAsync(CancellationToken stop) => LastingLoop.RunAsync(
        async () =>
        {
            if (!await FetchOnceAsync(stop))
                await _wake.WaitAsync(stop);
        },
        e => _services.Logger.LogError(e, "{Function} cannot fetch messages; it tries again.", _listener.Function.Name),
        _services.Clock,
        stop);

    // True when there may be more messages and there is room for them. Not cancelled by the stop: a receive that is cut off would leave its messages locked.
    private async Task<bool> FetchOnceAsync(CancellationToken stop)
    {
        var limit = Math.Min(Volatile.Read(ref _room), MaxFetch);
        if (limit <= 0 || stop.IsCancellationRequested)
            return false;

        var messages = await _services.Store.ReceiveAsync(_listener.Queue, limit, _options.LockDuration, _options.MaxDeliveryCount, CancellationToken.None);
        Interlocked.Add(ref _room, -messages.Count);
        foreach (var message in messages)
        {
            _held[message.LockToken] = message;
            _fetched.Writer.TryWrite(message);
        }

        return messages.Count == limit;
    }

    private async Task WorkAsync(CancellationToken stop, CancellationToken abort)
    {
        var reader = _fetched.Reader;
        while (await reader.WaitToReadAsync(CancellationToken.None))
        {
            if (stop.IsCancellationRequested)
                return; // what is left is given back
            var messages = new List<ServiceBusReceivedMessage>();
            while (messages.Count < _batch && reader.TryRead(out var message))
                messages.Add(message);
            if (messages.Count > 0)
                await DeliverAsync(messages, abort);
        }
    }

    private async Task DeliverAsync(List<ServiceBusReceivedMessage> messages, CancellationToken abort)
    {
        try
        {
            await _run.RunAsync(messages, session: null, _wake.Set, abort);
        }
        catch (Exception e)
        {
            _services.Logger.LogError(e, "{Function} could not settle message {MessageId}; it comes again.", _listener.Function.Name, messages[0].MessageId);
        }

        foreach (var message in messages)
            _held.TryRemove(message.LockToken, out _);
        var wanted = 1 + (_options.PrefetchCount / 2);
        var room = Interlocked.Add(ref _room, messages.Count);
        if (room >= wanted && room - messages.Count < wanted)
            _wake.Set();
    }

    private async Task ReleaseFetchedAsync()
    {
        var unused = _held.Values.ToList(); // every delivery that ran has left
        if (unused.Count > 0)
            await _services.Store.ReleaseAsync(unused, CancellationToken.None);
    }
}
