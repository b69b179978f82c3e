using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask.Converters;
using EmbeddedFunctions.Management;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>What a long history costs: a step nothing, a replay as much as it is long.</summary>
public sealed class LongHistoryTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const int Steps = 3_400; // three events each

    public static TheoryData<Db> Stores => [Db.Sqlite, Db.Postgres];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Step_AfterTenThousandEvents_ReadsNothingAndWritesNoMoreThanTheFirst(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        var executed = 0;
        h.Functions.Activity("Next", input => int.Parse(input!) + 1);
        h.Functions.Orchestrator("Long", async c =>
        {
            var n = 0;
            while (n < Steps)
            {
                n = await c.CallActivityAsync<int>("Next", n);
                executed++;
            }

            return n + await c.WaitForExternalEvent<int>("end");
        });
        var engine = await h.StartAsync();
        var sizes = new List<int>();
        engine.Store.BeforeCommit = batch =>
        {
            sizes.AddRange(batch.Where(c => c.Update is not null).Select(c => c.Update!.History.Length));
            return Task.CompletedTask;
        };
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Long");
        await DurableHarness.UntilAsync(() => Volatile.Read(ref executed) == Steps);
        Assert.Equal(0, engine.Store.Loads);
        Assert.InRange(sizes.Max(), sizes[1], sizes[1] + 20); // the numbers in it grow

        var next = await h.CrashAndRestartAsync();
        await h.Client.RaiseEventAsync(id, "end", 7);
        Assert.Equal(Steps + 7, (await h.CompletionAsync(id)).ReadOutputAs<int>());
        Assert.Equal(2 * Steps, executed); // once live, once in the replay
        Assert.Equal(1, next.Store.Loads);
    }

    [Theory]
    [InlineData("sequence")]
    [InlineData("activities at once")]
    [InlineData("timers at once")]
    [InlineData("events before the wait")]
    [InlineData("view")]
    public void Replay_HistoryThirtyTimesAsLong_TakesFarLessThanItsSquare(string shape)
    {
        var (shorter, longer) = (Prepare(shape, 5_000), Prepare(shape, 150_000));
        shorter();
        var (time, bytes) = (Best(shorter), Allocated(shorter));

        Assert.InRange(Allocated(longer), 0, 60 * bytes);
        Assert.InRange(Best(longer), TimeSpan.Zero, 300 * time); // a replay that looks at everything again in each step takes 900 times as long; collecting garbage counts, too
    }

    private static Action Prepare(string shape, int length)
    {
        var history = HistoryOf(shape, length);
        var header = new InstanceHeader("long", 0, 1, shape) { Input = $"{length}" };
        if (shape == "view")
        {
            var pieces = history.Chunk(3).Select(piece => HistoryJson.Write([.. piece])).ToList();
            return () => Assert.NotEmpty(InstanceHistory.Read(new StoredInstance(header, OrchestrationRuntimeStatus.Running), pieces));
        }

        var services = new OrchestrationServices(Orchestrators(), JsonDataConverter.Default, NullLoggerFactory.Instance);
        return () =>
        {
            var run = new OrchestrationRun(header, services, static () => { });
            run.Replay(history);
            Assert.Null(run.Violation);
            Assert.True(run.OpenTasks.Any() || run.Events.IsAwaited);
        };
    }

    private static List<HistoryEvent> HistoryOf(string shape, int length)
    {
        var turn = new OrchestratorStarted(new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc));
        List<HistoryEvent> history = [turn, new ExecutionStarted()];
        var all = Enumerable.Range(0, length).ToList();
        switch (shape)
        {
            case "sequence":
                history.Add(new TaskScheduled(0, "A"));
                all.ForEach(i => history.AddRange([turn, new TaskCompleted(i, "1"), new TaskScheduled(i + 1, "A")]));
                break;
            case "timers at once":
                history.AddRange(all.Select(i => new TimerCreated(i, turn.Timestamp)));
                all[..^1].ForEach(i => history.AddRange([turn, new TimerFired(i)]));
                break;
            case "events before the wait":
                history.AddRange(all.Select(i => new EventRaised("e", $"{i}")));
                history.AddRange([turn, new EventRaised("go", null)]);
                break;
            case "view":
                history.AddRange(all.Select(i => new TaskScheduled(i, "A")));
                all.Reverse<int>().ToList().ForEach(i => history.AddRange([turn, new TaskCompleted(i, "1")]));
                break;
            default:
                history.AddRange(all.Select(i => new TaskScheduled(i, "A")));
                all[..^1].ForEach(i => history.AddRange([turn, new TaskCompleted(i, "1")]));
                break;
        }

        return history;
    }

    private static DelegateFunctions Orchestrators() => new DelegateFunctions()
        .Orchestrator("sequence", async c =>
        {
            while (true)
                await c.CallActivityAsync<int>("A");
        })
        .Orchestrator("activities at once", async c => await Task.WhenAll(Enumerable.Range(0, c.GetInput<int>()).Select(_ => c.CallActivityAsync<int>("A"))))
        .Orchestrator("timers at once", async c =>
        {
            await Task.WhenAll(Enumerable.Range(0, c.GetInput<int>()).Select(_ => c.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None)));
            return null;
        })
        .Orchestrator("events before the wait", async c =>
        {
            await c.WaitForExternalEvent<object>("go");
            while (true)
                await c.WaitForExternalEvent<int>("e");
        });

    // Processor time of this thread: what other tests do meanwhile does not count.
    private static TimeSpan Best(Action work) => Enumerable.Range(0, 5).Min(_ =>
    {
        var before = ThreadClock.Now;
        work();
        return ThreadClock.Now - before;
    });

    private static long Allocated(Action work)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
