using Microsoft.Extensions.Logging;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>Code that does not fit its history, or that awaits what it must not, fails its instance with a message that says why.</summary>
public sealed class DeterminismTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    public static TheoryData<string> Changes => ["other name", "one more", "one less", "ends early", "other kind"];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Replay_ChangedCode_FailsAsNonDeterministic(string change)
    {
        await using var h = await DurableHarness.CreateAsync(Db.Sqlite, server);
        h.Functions.Activity("A", _ => 1).Activity("B", _ => 2);
        h.Functions.Orchestrator("Changed", async c =>
        {
            await c.CallActivityAsync("A");
            await c.CallActivityAsync("A");
            await c.WaitForExternalEvent<object>("go");
            return null;
        });
        await h.StartAsync();
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Changed");
        await HistoryOfAsync(h, id, checkpoints: 3);

        var changed = new DelegateFunctions().Activity("A", _ => 1).Activity("B", _ => 2).Orchestrator("Changed", async c =>
        {
            if (change == "other kind")
                await c.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
            else
                await c.CallActivityAsync("A");
            if (change == "ends early")
                return null;
            if (change != "one less")
                await c.CallActivityAsync(change == "other name" ? "B" : "A");
            if (change == "one more")
                await c.CallActivityAsync("A");
            await c.WaitForExternalEvent<object>("go");
            return null;
        });
        await h.CrashAndRestartAsync(changed);
        await h.Client.RaiseEventAsync(id, "go");
        var failed = await h.CompletionAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);
        Assert.EndsWith("NonDeterministicOrchestrationException", failed.FailureDetails!.ErrorType, StringComparison.Ordinal);
        Assert.Contains("must be deterministic", failed.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    public static TheoryData<string> ForeignAwaits => ["delay", "delay beside an open task", "run", "configure await", "blocked forever", "foreign cancellation"];

    [Theory]
    [MemberData(nameof(ForeignAwaits))]
    public async Task Await_OfForeignTask_FailsAsNonDeterministic(string kind)
    {
        await using var h = await DurableHarness.CreateAsync(Db.Sqlite, server);
        h.Functions.Activity("A", async (_, ct) =>
        {
            await Task.Delay(20, ct);
            return 1;
        });
        h.Functions.Orchestrator("Foreign", async c =>
        {
            switch (kind)
            {
                case "delay":
                    await Task.Delay(20);
                    break;
                case "delay beside an open task":
                    _ = c.WaitForExternalEvent<object>("never");
                    await Task.Delay(20);
                    break;
                case "run":
                    await Task.Run(() => Thread.Sleep(20));
                    break;
                case "configure await":
                    await c.CallActivityAsync("A").ConfigureAwait(false);
                    break;
                case "blocked forever":
                    await new TaskCompletionSource().Task;
                    break;
                case "foreign cancellation":
                    using (var cancel = new CancellationTokenSource(20))
                        await c.WaitForExternalEvent<object>("never", cancel.Token);
                    break;
            }

            return await c.CallActivityAsync<int>("A");
        });
        await h.StartAsync();

        var failed = await h.RunAsync("Foreign");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);
        Assert.EndsWith("NonDeterministicOrchestrationException", failed.FailureDetails!.ErrorType, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Await_YieldAndSynchronousContinuation_StayInTheTurn()
    {
        await using var h = await DurableHarness.CreateAsync(Db.Sqlite, server);
        h.Functions.Activity("A", _ => 20);
        h.Functions.Orchestrator("Tasks", async c =>
        {
            await Task.Yield();
            var doubled = c.CallActivityAsync<int>("A").ContinueWith(
                t => t.GetAwaiter().GetResult() * 2, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return await doubled + await c.CallActivityAsync<int>("A");
        });
        await h.StartAsync();

        Assert.Equal(60, (await h.RunAsync("Tasks")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Orchestrator_Unknown_FailsWithItsName()
    {
        await using var h = await DurableHarness.CreateAsync(Db.Sqlite, server);
        await h.StartAsync();

        Assert.Contains("'Nowhere'", (await h.RunAsync("Nowhere")).FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReplaySafeLogger_DuringReplay_IsSilent()
    {
        var lines = new RecordingLoggers();
        await using var h = await DurableHarness.CreateAsync(Db.Sqlite, server, loggers: lines);
        h.Functions.Orchestrator("Log", async c =>
        {
            var log = c.CreateReplaySafeLogger("orchestrator");
            log.LogInformation("before");
            await c.WaitForExternalEvent<object>("go");
            log.LogInformation("after");
            return null;
        });
        await h.StartAsync();
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Log");
        await h.Client.WaitForInstanceStartAsync(id, CancellationToken.None);
        await h.CrashAndRestartAsync();
        await h.Client.RaiseEventAsync(id, "go");
        await h.CompletionAsync(id);

        Assert.Equal(["before", "after"], lines.Of("orchestrator"));
    }

    internal static async Task HistoryOfAsync(DurableHarness h, string id, int checkpoints)
    {
        using var timeout = new CancellationTokenSource(DurableHarness.Patience);
        while ((await h.Engine.Store.LoadAsync(id, timeout.Token))?.History.Count < checkpoints)
            await Task.Delay(5, timeout.Token);
    }

    private sealed class RecordingLoggers : ILoggerFactory
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<(string Category, string Line)> _lines = new();

        public IEnumerable<string> Of(string category) => _lines.Where(l => l.Category == category).Select(l => l.Line);

        public ILogger CreateLogger(string categoryName) => new Recorder(categoryName, _lines);

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }

        private sealed class Recorder(string category, System.Collections.Concurrent.ConcurrentQueue<(string, string)> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue((category, formatter(state, exception)));
        }
    }
}
