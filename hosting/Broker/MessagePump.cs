using System.Collections.Concurrent;
using System.Threading.Channels;
using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Invocation;
using EmbeddedFunctions.ServiceBus;
using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Worker;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Broker;

/// <summary>Feeds one function from its queue: fetches while there is room, runs up to the configured number at once, keeps their locks.</summary>
internal sealed class MessagePump(DiscoveredFunction function, string queue, PumpServices services, BrokerOptions options)
{
    private const int MaxBatch = 256;

    private readonly AsyncSignal _wake = new();
    private readonly Channel<ServiceBusReceivedMessage> _fetched = Channel.CreateUnbounded<ServiceBusReceivedMessage>(new UnboundedChannelOptions { SingleWriter = true });
    private readonly ConcurrentDictionary<string, ServiceBusReceivedMessage> _held = new();
    private readonly bool _autoComplete = ((ServiceBusTriggerAttribute)function.Trigger).AutoCompleteMessages;
    private int _room = options.MaxConcurrentCalls + options.PrefetchCount;

    public string Queue => queue;

    /// <summary>Whether so many new messages need not wait here.</summary>
    public bool HasRoomFor(int messages) => Volatile.Read(ref _room) >= messages;

    /// <summary>Looks for messages at once.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Runs until <paramref name="stop"/>, then ends when the running functions have ended; <paramref name="abort"/> cancels them.</summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        var workers = Enumerable.Range(0, options.MaxConcurrentCalls).Select(_ => Task.Run(() => WorkAsync(stop, abort), CancellationToken.None)).ToList();
        await FetchAsync(stop);
        _fetched.Writer.Complete();
        await Task.WhenAll(workers);
        await ReleaseFetchedAsync();
    }

    /// <summary>Renews the locks that are half over, except of functions that run longer than the host renews for.</summary>
    public async Task RenewLocksAsync(CancellationToken ct)
    {
        var now = services.Clock.GetUtcNow();
        var due = _held.Values.Where(m => m.LockedUntil - now < options.LockDuration / 2 && (m.LockToken.Length > 0) && now - Received(m) < options.MaxAutoLockRenewalDuration).ToList();
        if (due.Count == 0)
            return;

        var until = now + options.LockDuration;
        var renewed = (await services.Store.RenewAsync(due, until, ct)).ToHashSet();
        foreach (var message in due)
        {
            if (renewed.Contains(message.SequenceNumber))
                message.LockedUntil = until;
            else if (_held.ContainsKey(message.LockToken))
                services.Logger.LogWarning("{Function} lost the lock of message {MessageId}; it is delivered again.", function.Name, message.MessageId);
        }
    }

    // The token begins with the time of the delivery: it is a version 7 GUID.
    private static DateTimeOffset Received(ServiceBusReceivedMessage message) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(message.LockToken[..12], fromBase: 16));

    private async Task FetchAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (await FetchOnceAsync(stop))
                    continue;
                await _wake.WaitAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                services.Logger.LogError(e, "{Function} cannot fetch messages; it tries again.", function.Name);
                await Task.Delay(TimeSpan.FromSeconds(1), services.Clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // True when there may be more messages and there is room for them. Not cancelled by the stop: a receive that is cut off would leave its messages locked.
    private async Task<bool> FetchOnceAsync(CancellationToken stop)
    {
        var limit = Math.Min(Volatile.Read(ref _room), MaxBatch);
        if (limit <= 0 || stop.IsCancellationRequested)
            return false;

        var messages = await services.Store.ReceiveAsync(queue, limit, options.LockDuration, options.MaxDeliveryCount, CancellationToken.None);
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
        await foreach (var message in _fetched.Reader.ReadAllAsync(CancellationToken.None))
        {
            if (stop.IsCancellationRequested)
                return; // this one and the rest are given back
            try
            {
                await DeliverAsync(message, abort);
            }
            catch (Exception e)
            {
                services.Logger.LogError(e, "{Function} could not settle message {MessageId}; it comes again.", function.Name, message.MessageId);
            }

            _held.TryRemove(message.LockToken, out _);
            if (Interlocked.Increment(ref _room) == 1 + (options.PrefetchCount / 2))
                _wake.Set();
        }
    }

    private async Task DeliverAsync(ServiceBusReceivedMessage message, CancellationToken abort)
    {
        var actions = new DeliveryActions(services.Store, options.LockDuration, services.Clock);
        try
        {
            await services.Runner.RunAsync(function, new MessageDelivery(message, actions), retry: null, abort);
            if (_autoComplete && !actions.IsSettled)
                services.Completions.Add(message);
        }
        catch (Exception e)
        {
            services.Logger.LogError(e, "{Function} failed on message {MessageId}, delivery {Delivery}.", function.Name, message.MessageId, message.DeliveryCount);
            if (!actions.IsSettled)
                await GiveBackAsync(message, e);
        }
    }

    private async Task GiveBackAsync(ServiceBusReceivedMessage message, Exception reason)
    {
        if (message.DeliveryCount >= options.MaxDeliveryCount && !QueueAddress.IsDeadLetter(queue))
        {
            await services.Store.DeadLetterAsync(message, "MaxDeliveryCountExceeded", reason.Message, CancellationToken.None);
            services.DeadLettered(queue);
            return;
        }

        DateTimeOffset? later = options.RedeliveryDelay == TimeSpan.Zero ? null : services.Clock.GetUtcNow() + Backoff(message.DeliveryCount);
        await services.Store.AbandonAsync([message], later, CancellationToken.None);
        if (later is null)
            _wake.Set();
    }

    private TimeSpan Backoff(int delivery)
    {
        var delay = options.RedeliveryDelay * Math.Pow(2, Math.Min(delivery - 1, 20));
        return delay < TimeSpan.FromMinutes(1) ? delay : TimeSpan.FromMinutes(1);
    }

    private async Task ReleaseFetchedAsync()
    {
        var unused = _held.Values.ToList(); // every delivery that ran has left
        if (unused.Count > 0)
            await services.Store.ReleaseAsync(unused, CancellationToken.None);
    }
}
