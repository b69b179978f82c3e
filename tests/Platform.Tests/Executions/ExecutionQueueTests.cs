using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Platform.Executions;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Executions;

[Collection(PostgresServer.Collection)]
public sealed class ExecutionQueueTests(PostgresServer postgres)
{
    private async Task<ExecutionLab> CreateLabAsync(bool onPostgres, int maxConcurrent) =>
        await ExecutionLab.CreateAsync(onPostgres ? await postgres.CreateDatabaseAsync() : null, maxConcurrent);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Grant_ManySchedulersAtOnce_NeverExceedTheLimitAndServeAll(bool onPostgres)
    {
        await using var lab = await CreateLabAsync(onPostgres, maxConcurrent: 2);
        var (active, most) = (0, 0);
        lab.Sandbox.Script = async (_, ct) =>
        {
            var now = Interlocked.Increment(ref active);
            InterlockedMax(ref most, now);
            await Task.Delay(5, ct); // long enough for others to overlap
            Interlocked.Decrement(ref active);
            return ScriptedSandbox.Exit(0);
        };
        List<Guid> ids = [];
        for (var i = 0; i < 15; i++)
            ids.Add(await lab.StartAsync());

        var drivers = ids.Select(async id =>
        {
            while ((await lab.AdvanceAsync(id)).Kind == ExecutionStepKind.Waiting)
                await Task.Delay(5);
        });
        await Task.WhenAll(drivers).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.InRange(most, 1, 2);
        await using var scope = lab.Database.As(Caller.Platform);
        Assert.Equal(15, await scope.Db.Executions.CountAsync(e => e.Status == ExecutionStatus.Completed && !e.HoldsSlot));
        Assert.Equal(15, lab.Sandbox.Started.Distinct().Count());
        Assert.Equal(15, lab.Sandbox.Started.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Grant_MixedPriorities_ServesBandsInOrderAndFirstComeFirst(bool onPostgres)
    {
        await using var lab = await CreateLabAsync(onPostgres, maxConcurrent: 1);
        var admin = lab.User with { IsOperator = true };
        var names = new Dictionary<Guid, string>
        {
            [await lab.StartAsync()] = "normal 1",
            [await lab.StartAsync(priority: ExecutionPriority.Background)] = "background",
            [await lab.StartAsync()] = "normal 2",
            [await lab.StartAsync(priority: ExecutionPriority.Critical, caller: admin)] = "critical",
            [await lab.StartAsync(priority: ExecutionPriority.Low)] = "low",
        };
        List<string> served = [];
        lab.Sandbox.Script = (run, _) =>
        {
            served.Add(names[Guid.Parse(run.ExecutionId!)]);
            return Task.FromResult(ScriptedSandbox.Exit(0));
        };

        // Their sagas report in the reverse order; nobody may overtake for that.
        var waiting = names.Keys.Reverse().ToList();
        while (waiting.Count > 0)
        {
            foreach (var id in waiting.ToList())
            {
                if ((await lab.AdvanceAsync(id)).Kind == ExecutionStepKind.Over)
                    waiting.Remove(id);
            }
        }

        Assert.Equal(["critical", "normal 1", "normal 2", "low", "background"], served);
    }

    [Fact]
    public async Task Store_TwoWritersAtOnce_OneResultOneEvent()
    {
        await using var lab = await CreateLabAsync(onPostgres: true, maxConcurrent: 10);
        for (var round = 0; round < 10; round++)
        {
            var id = await lab.StartAsync();
            var stored = new ConcurrentBag<bool>();
            await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
            {
                await using var scope = lab.Database.As(Caller.Platform);
                stored.Add(await scope.Get<ExecutionResults>().EndAsync(id, ExecutionOutcome.SystemFailure($"writer {i}"), CancellationToken.None));
            }));

            Assert.Single(stored, s => s);
            Assert.Single(await lab.EventsAsync(id), "result_stored");
        }
    }

    [Fact]
    public async Task Schedule_SlotBecomesFree_GrantsAndWakesTheNext()
    {
        await using var lab = await CreateLabAsync(onPostgres: false, maxConcurrent: 1);
        var end = new TaskCompletionSource();
        lab.Sandbox.Script = (run, ct) => ScriptedSandbox.RunUntilAsync(run, end.Task, ct);
        var first = await lab.StartAsync();
        var second = await lab.StartAsync();
        var run = lab.AdvanceAsync(first);
        Assert.Equal(ExecutionStepKind.Waiting, (await lab.AdvanceAsync(second)).Kind);

        end.SetResult();
        await run;

        Assert.True((await lab.GetAsync(second)).HoldsSlot);
        await using var scope = lab.Database.As(Caller.Platform);
        var signal = await scope.Db.Set<Platform.Workflows.WorkflowMessage>().SingleAsync(m => m.EventName == RunExecution.SlotGranted);
        Assert.Equal(RunExecution.InstanceId(second), signal.InstanceId);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
