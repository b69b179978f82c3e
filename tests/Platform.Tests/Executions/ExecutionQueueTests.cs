using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Platform.Executions;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Workflows;

namespace Platform.Tests.Executions;

[Collection(PostgresServer.Collection)]
public sealed class ExecutionQueueTests(PostgresServer postgres)
{
    private async Task<ExecutionLab> CreateLabAsync(bool onPostgres, int maxConcurrent) =>
        await ExecutionLab.CreateAsync(onPostgres ? await postgres.CreateMigratedDatabaseAsync() : null, maxConcurrent);

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

        Assert.Equal(["normal 1", "critical", "normal 2", "low", "background"], served); // the first found a free slot
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_SlotsBecameFreeWhileOthersWait_ANewRequestServesThemFirst(bool onPostgres)
    {
        await using var lab = await CreateLabAsync(onPostgres, maxConcurrent: 1);
        List<Guid> ids = [await lab.StartAsync(), await lab.StartAsync(), await lab.StartAsync()];
        await lab.LimitAsync(3);
        ids.Add(await lab.StartAsync());
        Assert.Equal([true, true, true, false], await HoldersAsync());

        await lab.LimitAsync(5);
        ids.Add(await lab.StartAsync());
        Assert.Equal([true, true, true, true, true], await HoldersAsync());
        await using var scope = lab.Database.As(Caller.Platform);
        Assert.Equal(5, await scope.Db.Set<WorkflowMessage>().CountAsync(m => m.Name == RunExecution.Name)); // each saga once

        async Task<List<bool>> HoldersAsync()
        {
            List<bool> held = [];
            foreach (var id in ids)
                held.Add((await lab.GetAsync(id)).HoldsSlot);
            return held;
        }
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
    public async Task Finish_SlotBecomesFree_GrantsItAndStartsTheNextInTheNameOfItsRequest()
    {
        await using var lab = await CreateLabAsync(onPostgres: false, maxConcurrent: 1);
        var end = new TaskCompletionSource();
        lab.Sandbox.Script = (run, ct) => ScriptedSandbox.RunUntilAsync(run, end.Task, ct);
        var first = await lab.StartAsync();
        var second = await lab.StartAsync(correlationId: "second-request");
        Assert.Equal([first], await StartedAsync(lab));
        var run = lab.AdvanceAsync(first);

        end.SetResult();
        await run;

        Assert.True((await lab.GetAsync(second)).HoldsSlot);
        Assert.Equal([first, second], await StartedAsync(lab));
        await using var scope = lab.Database.As(Caller.Platform);
        var start = await scope.Db.Set<WorkflowMessage>().SingleAsync(m => m.InstanceId == RunExecution.InstanceId(second));
        Assert.Contains("second-request", start.Payload);
    }

    [Fact]
    public async Task Cancel_WaitingForASlot_StartsTheSagaThatEndsIt()
    {
        await using var lab = await CreateLabAsync(onPostgres: false, maxConcurrent: 1);
        var first = await lab.StartAsync();
        var second = await lab.StartAsync();

        await lab.CancelAsync(second);
        Assert.Equal([first, second], await StartedAsync(lab));
        Assert.Equal(ExecutionStepKind.Over, (await lab.AdvanceAsync(second)).Kind);

        Assert.Equal(ExecutionStatus.Cancelled, (await lab.GetAsync(second)).Status);
        Assert.True((await lab.GetAsync(first)).HoldsSlot);
    }

    [Fact]
    public async Task Sweep_SlotWhoseSagaNeverStarted_StartsIt()
    {
        await using var lab = await CreateLabAsync(onPostgres: false, maxConcurrent: 1);
        var id = await lab.StartAsync();
        await using var scope = lab.Database.As(Caller.Platform);
        await scope.Db.Set<WorkflowMessage>().ExecuteDeleteAsync();

        lab.Database.Clock.Advance(TimeSpan.FromMinutes(2));
        await scope.Get<ExecutionSweep>().SweepAsync(CancellationToken.None);

        Assert.Equal([id], await StartedAsync(lab));
    }

    /// <summary>The executions whose sagas were started, in that order.</summary>
    private static async Task<List<Guid>> StartedAsync(ExecutionLab lab)
    {
        await using var scope = lab.Database.As(Caller.Platform);
        var starts = await scope.Db.Set<WorkflowMessage>().Where(m => m.Name == RunExecution.Name).OrderBy(m => m.RowId).Select(m => m.InstanceId).ToListAsync();
        return [.. starts.Select(id => Guid.Parse(id["exec-".Length..]))];
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
