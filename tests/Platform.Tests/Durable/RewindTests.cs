using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>Failed instances that go on once the cause is removed.</summary>
public sealed class RewindTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    public static TheoryData<Db> Stores => [Db.Sqlite, Db.Postgres];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Rewind_FailedActivities_RunAgainAndOthersDoNot(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        var (broken, good, bad) = (true, 0, 0);
        h.Functions.Activity("Good", _ => Interlocked.Increment(ref good));
        h.Functions.Activity("Bad", input => Volatile.Read(ref broken) ? throw new InvalidOperationException("not yet") : Interlocked.Increment(ref bad));
        h.Functions.Orchestrator("Mixed", async c =>
        {
            await c.CallActivityAsync("Good");
            await Task.WhenAll(c.CallActivityAsync("Bad"), c.CallActivityAsync("Good"), c.CallActivityAsync("Bad"));
            return await c.CallActivityAsync<int>("Good");
        });
        await h.StartAsync();
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await h.RunAsync("Mixed", null, "m")).RuntimeStatus);

        Volatile.Write(ref broken, false);
        await h.Client.RewindInstanceAsync("m", "repaired");
        var done = await h.CompletionAsync("m");

        Assert.Equal(OrchestrationRuntimeStatus.Completed, done.RuntimeStatus);
        Assert.Null(done.FailureDetails);
        Assert.Equal((3, 2), (good, bad));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Rewind_AfterRetriesAndCleanup_GoesOn(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        var broken = true;
        h.Functions.Activity("Bad", _ => Volatile.Read(ref broken) ? throw new InvalidOperationException("not yet") : "good").Activity("Clean", _ => "clean");
        h.Functions.Orchestrator("Retries", async c => await c.CallActivityAsync<string>("Bad", TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromMilliseconds(5)))));
        h.Functions.Orchestrator("Cleans", async c =>
        {
            try
            {
                return await c.CallActivityAsync<string>("Bad");
            }
            catch (TaskFailedException)
            {
                await c.CallActivityAsync("Clean");
                throw;
            }
        });
        await h.StartAsync();
        foreach (var name in new[] { "Retries", "Cleans" })
            Assert.Equal(OrchestrationRuntimeStatus.Failed, (await h.RunAsync(name, null, name)).RuntimeStatus);

        Volatile.Write(ref broken, false);
        foreach (var name in new[] { "Retries", "Cleans" })
        {
            await h.Client.RewindInstanceAsync(name, "repaired");
            Assert.Equal("good", (await h.CompletionAsync(name)).ReadOutputAs<string>());
        }
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Rewind_FailedSubOrchestrations_AreRewoundToo(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        var (broken, once) = (true, 0);
        h.Functions.Activity("Once", _ => Interlocked.Increment(ref once)).Activity("Bad", _ => Volatile.Read(ref broken) ? throw new InvalidOperationException("not yet") : 40);
        h.Functions.Orchestrator("Leaf", async c => await c.CallActivityAsync<int>("Once") + await c.CallActivityAsync<int>("Bad"));
        h.Functions.Orchestrator("Middle", async c => await c.CallSubOrchestratorAsync<int>("Leaf"));
        h.Functions.Orchestrator("Top", async c => 1 + await c.CallSubOrchestratorAsync<int>("Middle"));
        await h.StartAsync();
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await h.RunAsync("Top", null, "t")).RuntimeStatus);
        await h.Client.RewindInstanceAsync("t", "too early");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await h.CompletionAsync("t")).RuntimeStatus);

        Volatile.Write(ref broken, false);
        await h.Client.RewindInstanceAsync("t", "repaired");
        await h.CrashAndRestartAsync();

        Assert.Equal(42, (await h.CompletionAsync("t")).ReadOutputAs<int>());
        Assert.Equal(1, once);
    }

    [Fact]
    public async Task Rewind_OfWhatHasNotFailed_IsRefused()
    {
        await using var h = await DurableHarness.CreateAsync(Db.Sqlite, server);
        h.Functions.Orchestrator("Fine", _ => Task.FromResult<object?>(1)).Orchestrator("Throws", _ => throw new InvalidOperationException("by itself"));
        await h.StartAsync();
        await h.RunAsync("Fine", null, "fine");
        await h.RunAsync("Throws", null, "throws");

        await Assert.ThrowsAsync<ArgumentException>(() => h.Client.RewindInstanceAsync("nobody", ""));
        await Assert.ThrowsAsync<InvalidOperationException>(() => h.Client.RewindInstanceAsync("fine", ""));
        await Assert.ThrowsAsync<InvalidOperationException>(() => h.Client.RewindInstanceAsync("throws", ""));
        h.Functions.Orchestrator("Throws", c => c.WaitForExternalEvent<object?>("go"));
        await h.Client.RewindInstanceAsync("throws", "the code is repaired");
        Assert.True((await h.UntilAsync("throws", m => m.IsRunning)).FailureDetails is null);
    }
}
