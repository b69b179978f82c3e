using EmbeddedFunctions.Broker.Sessions;
using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Broker;

/// <summary>Runs the pumps of all message functions, and once a second renews locks, drops what has expired, and looks for messages of other nodes.</summary>
internal sealed class BrokerService(
    MessageBroker broker, MessageUpkeep upkeep, Subscriptions subscriptions, BrokerNotifications notifications, PumpServices services, HostJsonOptions options, HostDatabase database)
    : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RegistrationInterval = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly List<IMessagePump> _pumps = [];
    private readonly List<string> _queues = [.. subscriptions.Listeners.Select(l => l.Queue).Distinct(StringComparer.Ordinal)];
    private List<Task> _running = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (subscriptions.Listeners.Count == 0)
            return;

        await broker.EnsureRegisteredAsync(cancellationToken);
        var shared = services with { DeadLettered = queue => broker.Wake(QueueAddress.DeadLetter(queue)) };
        var connected = subscriptions.Listeners.Select(l => (l.SentTo, Pump: NewPump(l, shared))).ToList();
        _pumps.AddRange(connected.Select(c => c.Pump));
        broker.Connect(connected);
        _running = [.. _pumps.Select(p => Task.Run(() => p.RunAsync(_stop.Token, _abort.Token), CancellationToken.None)), UpkeepAsync()];
        if (database.IsPostgres)
            _running.Add(notifications.ListenAsync(name => broker.Wake(name), _stop.Token));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        _abort.CancelAfter(options.DrainTimeout / 3); // what is cut off comes again
        await using var late = cancellationToken.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), _abort);
        await Task.WhenAll(_running);
        await services.Completions.DrainAsync();
    }

    private IMessagePump NewPump(Listener listener, PumpServices shared)
    {
        var own = options.Broker.For(listener.Queue);
        return listener.Trigger.IsSessionsEnabled ? new SessionPump(listener, shared, own) : new MessagePump(listener, shared, own);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _abort.Dispose();
    }

    private async Task UpkeepAsync()
    {
        var registered = services.Clock.GetTimestamp();
        using var timer = new PeriodicTimer(Interval, services.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await GuardAsync(UpkeepOnceAsync);
                if (services.Clock.GetElapsedTime(registered) < RegistrationInterval)
                    continue;
                await GuardAsync(() => upkeep.TouchAsync(subscriptions.OfTopics, _stop.Token));
                registered = services.Clock.GetTimestamp();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The locks of what still runs last longer than the drain.
        }
    }

    private async Task UpkeepOnceAsync()
    {
        foreach (var pump in _pumps)
            await pump.RenewLocksAsync(_stop.Token);
        var (ready, hasExpired) = await upkeep.LookAsync(_queues, _stop.Token);
        if (hasExpired)
            await upkeep.SweepAsync(options.Broker.Entities.KeepingExpired, _stop.Token);
        foreach (var pump in _pumps.Where(p => p.NeedsLook(ready)))
            pump.Wake();
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            services.Logger.LogError(e, "The broker's upkeep failed; it tries again.");
        }
    }
}
