using System.Collections.Concurrent;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>Known failures of the field: a status that disagrees with the history, instances that cannot be ended, starts that run twice.</summary>
public sealed class AgreementTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    public static TheoryData<Db> Stores => [Db.Sqlite, Db.Postgres];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Commit_AnyOfThem_LeavesStatusAndHistoryInAgreement(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        AddMixture(h.Functions);
        var engine = await h.StartAsync();
        var (random, looks) = (new Random(11), 0);
        var disagreements = new ConcurrentQueue<string>();
        engine.Store.AfterCommit = async batch =>
        {
            foreach (var id in batch.Where(c => c.Update is not null).Select(c => c.Update!.InstanceId).Distinct())
            {
                looks++;
                if (await DisagreementAsync(engine.Store.Inner, id) is { } found)
                    disagreements.Enqueue(found);
            }

            if (random.Next(6) == 0)
                throw new IOException("after the commit");
        };
        var ids = Enumerable.Range(0, 30).Select(i => $"m{i}").ToList();
        foreach (var (id, i) in ids.Select((id, i) => (id, i)))
        {
            await h.Client.TryAsync(c => c.ScheduleNewOrchestrationInstanceAsync("Mixture", i, new StartOrchestrationOptions(id)));
            await h.Client.TryAsync(c => c.SuspendInstanceAsync(id));
            await h.Client.TryAsync(c => i % 3 == 0 ? c.TerminateInstanceAsync(id) : c.RaiseEventAsync(id, "go", 1));
            await h.Client.TryAsync(c => c.ResumeInstanceAsync(id));
        }

        await Task.WhenAll(ids.Select(EndAsync));
        Assert.Empty(disagreements);
        Assert.True(looks > 60);

        // A suspension whose call failed is stored all the same, and may be taken in after the resumption that was sent next.
        async Task EndAsync(string id)
        {
            var ended = h.CompletionAsync(id);
            while (await Task.WhenAny(ended, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System)) != ended)
                await h.Client.TryAsync(c => c.ResumeInstanceAsync(id));
            await ended;
        }
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Terminate_InAnyState_EndsTheInstance(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        var never = new TaskCompletionSource();
        h.Functions.Activity("Hang", async (_, ct) =>
        {
            await never.Task.WaitAsync(ct);
            return null;
        });
        h.Functions.Activity("Fail", _ => throw new InvalidOperationException("always"));
        h.Functions.Orchestrator("Wait", async c => await c.WaitForExternalEvent<int>("never"));
        h.Functions.Orchestrator("Hang", async c => await c.CallActivityAsync<int>("Hang"));
        h.Functions.Orchestrator("Retry", async c => await c.CallActivityAsync<int>("Fail", TaskOptions.FromRetryPolicy(new RetryPolicy(100, TimeSpan.FromHours(1)))));
        h.Functions.Orchestrator("Parent", async c => await c.CallSubOrchestratorAsync<int>("Wait"));
        var engine = await h.StartAsync();
        var ids = new List<string> { await h.Client.ScheduleNewOrchestrationInstanceAsync("Wait", null, new StartOrchestrationOptions("future", DateTimeOffset.UtcNow.AddDays(1))) };
        foreach (var name in new[] { "Wait", "Hang", "Retry", "Parent" })
        {
            ids.Add(await h.Client.ScheduleNewOrchestrationInstanceAsync(name));
            await h.Client.WaitForInstanceStartAsync(ids[^1], CancellationToken.None);
        }

        ids.Add(await h.Client.ScheduleNewOrchestrationInstanceAsync("Wait", null, new StartOrchestrationOptions("suspended")));
        await h.Client.SuspendInstanceAsync("suspended");
        await h.UntilAsync("suspended", i => i.RuntimeStatus == OrchestrationRuntimeStatus.Suspended);

        // The first commits of what follows fail or seem to: the instance is there all the same, and can be ended.
        var failures = 4;
        engine.Store.AfterCommit = _ => failures-- > 0 ? throw new IOException("after the commit") : Task.CompletedTask;
        await h.Client.TryAsync(c => c.ScheduleNewOrchestrationInstanceAsync("Wait", null, new StartOrchestrationOptions("unsure")));
        engine.Store.AfterCommit = null;
        ids.Add("unsure");

        await Task.WhenAll(ids.Select(id => h.Client.TerminateInstanceAsync(id, "enough")));
        var ended = await Task.WhenAll(ids.Select(h.CompletionAsync));
        Assert.All(ended, i => Assert.Equal((OrchestrationRuntimeStatus.Terminated, "enough"), (i.RuntimeStatus, i.ReadOutputAs<string>())));
        never.SetResult();
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Start_SameRequestDeliveredAgain_RunsOnceAndAnewUnderANewId(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        var runs = 0;
        h.Functions.Activity("Count", _ => Interlocked.Increment(ref runs));
        h.Functions.Orchestrator("Once", async c => await c.CallActivityAsync<int>("Count"));
        var engine = await h.StartAsync();

        // The answer to the first delivery gets lost after its commit; so it comes again, several times at once, after the end, and after a restart.
        engine.Store.AfterCommit = batch => batch.Any(c => c.Creations.Count > 0) ? throw new IOException("the answer gets lost") : Task.CompletedTask;
        await Assert.ThrowsAsync<IOException>(DeliverAsync);
        engine.Store.AfterCommit = null;
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => h.Client.TryAsync(_ => DeliverAsync()))), Assert.False);
        Assert.Equal(1, (await h.CompletionAsync("request-1")).ReadOutputAs<int>());
        await Assert.ThrowsAsync<InvalidOperationException>(DeliverAsync);
        await h.CrashAndRestartAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(DeliverAsync);
        Assert.Equal(1, (await h.CompletionAsync("request-1")).ReadOutputAs<int>());

        Assert.Equal(2, (await h.RunAsync("Once", id: "request-2")).ReadOutputAs<int>());
        Assert.Equal(2, runs);

        Task<string> DeliverAsync() => h.Client.ScheduleNewOrchestrationInstanceAsync(
            "Once", null, new StartOrchestrationOptions("request-1").WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]));
    }

    private static void AddMixture(DelegateFunctions functions)
    {
        functions.Activity("Next", input => int.Parse(input!) + 1);
        functions.Orchestrator("Leaf", async c => await c.CallActivityAsync<int>("Next", c.GetInput<int>()));
        functions.Orchestrator("Mixture", async c =>
        {
            var n = await c.CallActivityAsync<int>("Next", c.GetInput<int>());
            if (n % 7 == 0)
                throw new InvalidOperationException("a seventh");
            await c.CreateTimer(TimeSpan.FromMilliseconds(5), CancellationToken.None);
            n = await c.CallSubOrchestratorAsync<int>("Leaf", n) + await c.WaitForExternalEvent<int>("go");
            if (n < 20)
            {
                c.SendEvent(c.InstanceId, "go", 1);
                c.ContinueAsNew(n + 20);
            }

            return n;
        });
    }

    private static async Task<string?> DisagreementAsync(IDurableStore store, string id)
    {
        var stored = (await store.GetAsync(id, CancellationToken.None))!;
        var history = (await store.ReadHistoryAsync(id, stored.Header.Generation, CancellationToken.None)).SelectMany(HistoryJson.ReadEvents).ToList();
        var isEnded = history.LastOrDefault() is ExecutionCompleted;
        var isSuspended = history.FindLast(e => e is ExecutionSuspended or ExecutionResumed) is ExecutionSuspended;
        var agrees = stored.Status switch
        {
            OrchestrationRuntimeStatus.Pending => !history.Exists(e => e is ExecutionStarted) && !isSuspended,
            OrchestrationRuntimeStatus.Running => !isSuspended && !isEnded,
            OrchestrationRuntimeStatus.Suspended => isSuspended && !isEnded,
            var ended => history.LastOrDefault() is ExecutionCompleted last && last.Status == ended,
        };
        return agrees ? null : $"{id} is {stored.Status}, but its history is {string.Join(", ", history)}";
    }
}

internal static class ClientAttempts
{
    /// <summary>False when it was refused, or failed.</summary>
    public static async Task<bool> TryAsync(this DurableTaskClient client, Func<DurableTaskClient, Task> call)
    {
        try
        {
            await call(client);
            return true;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return false;
        }
    }
}
