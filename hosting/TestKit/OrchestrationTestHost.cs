using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.DurableTask.Client;
using EmbeddedFunctions.DurableTask.Converters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EmbeddedFunctions.TestKit;

/// <summary>
/// The durable engine itself in this process, on a store in memory and with a clock that moves only when everything waits, and then straight to the next timer: a workflow with a timer of
/// thirty days ends in milliseconds. Activities are the app's own (<see cref="OrchestrationTestHostOptions.Functions"/>) or delegates; an activity must not itself wait for the host's clock.
/// </summary>
public sealed class OrchestrationTestHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly ManualClock _clock;
    private readonly DurableEngine _engine;

    private OrchestrationTestHost(ServiceProvider services, ManualClock clock, DurableEngine engine)
    {
        (_services, _clock, _engine) = (services, clock, engine);
        Client = new DurableClientProvider(engine).Client;
    }

    /// <summary>Starts, signals and queries instances as functions do.</summary>
    public DurableTaskClient Client { get; }

    /// <summary>The host's clock.</summary>
    public TimeProvider Clock => _clock;

    public static async Task<OrchestrationTestHost> StartAsync(Action<OrchestrationTestHostOptions> configure)
    {
        var options = new OrchestrationTestHostOptions();
        configure(options);
        var clock = new ManualClock(options.StartTime);
        options.Services.AddSingleton<TimeProvider>(clock);
        var provider = options.Services.BuildServiceProvider();
        var functions = new TestFunctions(options.FunctionTypes, provider, clock);
        options.Delegates.ForEach(add => add(functions));
        var store = new SqliteDurableStore($"Data Source={SqliteDurableStore.InMemory(Guid.CreateVersion7().ToString("N"))}");
        var services = new OrchestrationServices(functions, JsonDataConverter.Default, NullLoggerFactory.Instance);
        var engine = new DurableEngine(new DurableNode(store, services, new DurableOptions { Partitions = 4 }, clock, TimeProvider.System));
        await engine.StartAsync(CancellationToken.None);
        return new OrchestrationTestHost(provider, clock, engine);
    }

    /// <summary>Starts an instance and returns it once it has ended.</summary>
    public async Task<OrchestrationMetadata> RunAsync(TaskName orchestrator, object? input = null, string? instanceId = null) =>
        await CompletionAsync(await Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, new StartOrchestrationOptions(instanceId)));

    /// <summary>Lets time go on until the instance has ended.</summary>
    /// <exception cref="InvalidOperationException">It waits for an event that nobody sends: everything is at rest and no timer is open.</exception>
    public async Task<OrchestrationMetadata> CompletionAsync(string instanceId)
    {
        while (true)
        {
            await SettleAsync();
            var instance = await Client.GetInstanceAsync(instanceId, getInputsAndOutputs: true) ?? throw new ArgumentException($"There is no orchestration '{instanceId}'.", nameof(instanceId));
            if (instance.IsCompleted)
                return instance;
            if (_engine.Node.Timers.Next is not { } due)
                throw new InvalidOperationException($"The orchestration '{instanceId}' is {instance.RuntimeStatus} and waits for something that nobody sends: no timer is open and nothing is under way.");
            Ring(due);
        }
    }

    /// <summary>Lets so much time go by, with every timer that falls due on the way.</summary>
    public async Task AdvanceAsync(TimeSpan time)
    {
        var end = _clock.GetUtcNow() + time;
        await SettleAsync();
        while (_engine.Node.Timers.Next is { } due && due <= end.UtcDateTime)
        {
            Ring(due);
            await SettleAsync();
        }

        _clock.MoveTo(end);
    }

    /// <summary>Returns when every instance waits and no activity runs. Time stands still.</summary>
    public async Task SettleAsync()
    {
        while (!IsAtRest())
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _services.DisposeAsync();
    }

    // A timer may be void by now (its instance ended); the alarm takes it from the queue all the same. Alarms count in whole milliseconds, so that it may ring a fraction late.
    private void Ring(DateTime due)
    {
        _clock.MoveTo(new DateTimeOffset(due, TimeSpan.Zero));
        if (_engine.Node.Timers.Next <= due)
            _clock.MoveTo(new DateTimeOffset(due.AddMilliseconds(1), TimeSpan.Zero));
    }

    // Work goes from instances to activities only through a commit, and back before the activity counts as ended: without a commit in between, nothing can have slipped past these looks.
    private bool IsAtRest()
    {
        var commits = _engine.Node.Writer.Commits;
        return NoInstanceIsBusy() && _engine.Node.Activities.IsIdle && NoInstanceIsBusy() && _engine.Node.Writer.Commits == commits;
    }

    private bool NoInstanceIsBusy() => !_engine.Node.Owned.Any(partition => partition.Instances.Any(instance => instance.IsBusy));
}
