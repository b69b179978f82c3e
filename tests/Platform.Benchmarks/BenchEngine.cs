using System.Diagnostics;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask.Converters;
using EmbeddedFunctions.Invocation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Platform.Benchmarks;

/// <summary>The durable engine by itself on a store, with one orchestrator: it adds one, in an activity, as often as its input says.</summary>
internal sealed class BenchEngine : IAsyncDisposable
{
    private readonly DurableEngine _engine;

    private BenchEngine(DurableEngine engine)
    {
        _engine = engine;
        Client = new DurableClientProvider(engine).Client;
    }

    public DurableTaskClient Client { get; }

    public static async Task<BenchEngine> StartAsync(IDurableStore store)
    {
        var services = new OrchestrationServices(new Chain(), JsonDataConverter.Default, NullLoggerFactory.Instance);
        var engine = new DurableEngine(new DurableNode(store, services, new DurableOptions(), TimeProvider.System, TimeProvider.System));
        await engine.StartAsync(CancellationToken.None);
        return new BenchEngine(engine);
    }

    /// <summary>Orchestrations per second.</summary>
    public async Task<double> ManyAsync(int count, int inFlight, int activities)
    {
        var next = 0;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) <= count)
                await OneAsync(activities);
        }));
        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>The median milliseconds of one orchestration at a time.</summary>
    public async Task<double> SinglesAsync(int count, int activities)
    {
        var times = new List<double>();
        for (var i = 0; i < count; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await OneAsync(activities);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return Report.Median(times);
    }

    public async Task<string> OneAsync(int activities)
    {
        var id = await Client.ScheduleNewOrchestrationInstanceAsync(Chain.Name, activities);
        var done = await Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
        return done.ReadOutputAs<int>() == activities ? id : throw new InvalidOperationException($"{done.RuntimeStatus} {done.SerializedOutput} {done.FailureDetails}");
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private sealed class Chain : IDurableFunctions
    {
        public const string Name = "Chain";

        public bool HasOrchestrator(string name) => name == Name;

        public bool HasActivity(string name) => name == "Increment";

        public bool HasEntity(string name) => false;

        public Task RunEntityAsync(string name, EntityBatch batch, CancellationToken ct) => throw new NotSupportedException($"There is no entity '{name}'.");

        public async Task<object?> RunOrchestratorAsync(string name, TaskOrchestrationContext context)
        {
            var activities = context.GetInput<int>();
            var n = 0;
            for (var i = 0; i < activities; i++)
                n = await context.CallActivityAsync<int>("Increment", n);
            return n;
        }

        public Task<object?> RunActivityAsync(string name, string instanceId, object? taskContextOrNull, string? inputJson, CancellationToken ct) =>
            Task.FromResult<object?>(int.Parse(inputJson!) + 1);
    }
}
