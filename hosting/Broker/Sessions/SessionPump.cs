using System.Collections.Concurrent;
using EmbeddedFunctions.ServiceBus;
using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Worker;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Broker.Sessions;

/// <summary>Feeds a function with sessions: locks up to the configured number of sessions, and delivers each one's messages one after the other in their order until there are none.</summary>
internal sealed class SessionPump : IMessagePump
{
    private const int MaxFetch = 64;

    private readonly Listener _listener;
    private readonly PumpServices _services;
    private readonly BrokerOptions _options;
    private readonly MessageRun _run;
    private readonly AsyncSignal _wake = new();
    private readonly ConcurrentDictionary<string, Held> _held = new();
    private readonly int _batch;
    private string _after = "";
    private int _running;

    public SessionPump(Listener listener, PumpServices services, BrokerOptions options)
    {
        (_listener, _services, _options) = (listener, services, options);
        _run = new MessageRun(listener.Function, listener.Queue, services, options);
        _batch = listener.Trigger.IsBatched ? options.MaxMessageBatchSize : 1;
    }

    // The other nodes may look as well: who has room takes the session.
    public bool HasRoomFor(int messages) => _options.MaxConcurrentSessions - Volatile.Read(ref _running) >= messages;

    // Messages of a session may be due although they are still locked, by an owner who has lost the session.
    public bool NeedsLook(IReadOnlySet<string> ready) => true;

    public void Wake() => _wake.Set();

    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        var sessions = new ConcurrentDictionary<Task, bool>();
        await LastingLoop.RunAsync(
            async () =>
            {
                if (!await ClaimAsync(sessions, stop, abort))
                    await _wake.WaitAsync(stop);
            },
            e => _services.Logger.LogError(e, "{Function} cannot fetch messages; it tries again.", _listener.Function.Name),
            _services.Clock,
            stop);
        await Task.WhenAll(sessions.Keys);
    }

    public async Task RenewLocksAsync(CancellationToken ct)
    {
        var now = _services.Clock.GetUtcNow();
        foreach (var held in _held.Values.Where(h => h.Lock.LockedUntil - now < _options.LockDuration / 2 && now - h.Since < _options.MaxAutoLockRenewalDuration))
        {
            if (!await _services.Sessions.RenewAsync(held.Lock, _options.LockDuration, ct) && _held.ContainsKey(held.Lock.Token))
                _services.Logger.LogWarning("{Function} lost the lock of session {SessionId}; its messages are delivered again.", _listener.Function.Name, held.Lock.SessionId);
        }
    }

    // True when there may be more sessions and there is room for them. Goes round the sessions, so that none waits for ever.
    private async Task<bool> ClaimAsync(ConcurrentDictionary<Task, bool> sessions, CancellationToken stop, CancellationToken abort)
    {
        var room = _options.MaxConcurrentSessions - Volatile.Read(ref _running);
        if (room <= 0)
            return false;

        var waiting = await _services.Sessions.FindWaitingAsync(_listener.Queue, _after, room, CancellationToken.None);
        if (waiting.Count == 0 && _after.Length > 0)
        {
            _after = "";
            return true;
        }

        foreach (var id in waiting)
        {
            _after = id;
            if (await _services.Sessions.ClaimAsync(_listener.Queue, id, _options.LockDuration, CancellationToken.None) is not { } claimed)
                continue;
            Interlocked.Increment(ref _running);
            var held = new Held(claimed, _services.Clock.GetUtcNow());
            _held[claimed.Token] = held;
            var session = Task.Run(() => RunSessionAsync(held, stop, abort), CancellationToken.None);
            sessions[session] = true;
            _ = session.ContinueWith(done => sessions.TryRemove(done, out _), TaskScheduler.Default);
        }

        return waiting.Count > 0;
    }

    private async Task RunSessionAsync(Held held, CancellationToken stop, CancellationToken abort)
    {
        try
        {
            while (!stop.IsCancellationRequested && await DeliverAsync(held, stop, abort))
            {
            }
        }
        catch (Exception e)
        {
            _services.Logger.LogError(e, "{Function} could not go on with session {SessionId}; its messages come again.", _listener.Function.Name, held.Lock.SessionId);
        }

        _held.TryRemove(held.Lock.Token, out _);
        try
        {
            await _services.Sessions.ReleaseAsync(held.Lock, CancellationToken.None);
        }
        catch (Exception e)
        {
            _services.Logger.LogWarning(e, "{Function} could not release session {SessionId}; its lock ends by itself.", _listener.Function.Name, held.Lock.SessionId);
        }

        Interlocked.Decrement(ref _running);
        _wake.Set();
    }

    // False when the session is to be left: no message is there, the function said so, or the lock is gone.
    private async Task<bool> DeliverAsync(Held held, CancellationToken stop, CancellationToken abort)
    {
        var messages = await _services.Store.ReceiveAsync(held.Lock, Math.Max(_batch, MaxFetch), _options.LockDuration, _options.MaxDeliveryCount, CancellationToken.None);
        held.Since = _services.Clock.GetUtcNow();
        var actions = new SessionActions(_services.Sessions, held.Lock, _options.LockDuration);
        var done = 0;
        while (done < messages.Count && !stop.IsCancellationRequested && !actions.IsReleased && held.Lock.LockedUntil > _services.Clock.GetUtcNow())
        {
            var next = messages.GetRange(done, Math.Min(_batch, messages.Count - done));
            held.Since = _services.Clock.GetUtcNow();
            done += next.Count;
            if (!await _run.RunAsync(next, actions, static () => { }, abort))
                break; // the failed message is to come again before the others
        }

        if (done < messages.Count)
            await _services.Store.ReleaseAsync(messages.GetRange(done, messages.Count - done), CancellationToken.None);
        return messages.Count > 0 && !actions.IsReleased && held.Lock.LockedUntil > _services.Clock.GetUtcNow();
    }

    private sealed class Held(SessionLock held, DateTimeOffset since)
    {
        public SessionLock Lock => held;

        /// <summary>When the running function began.</summary>
        public DateTimeOffset Since { get; set; } = since;
    }
}
