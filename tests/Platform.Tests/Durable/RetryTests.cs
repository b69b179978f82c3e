using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>Which failures of an activity are tried again, and when.</summary>
public sealed class RetryTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    public static TheoryData<Db> Stores => [Db.Sqlite, Db.Postgres];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Retry_Policy_WaitsWithBackoffAndSucceeds(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server, fakeTime: true);
        var attempts = 0;
        h.Functions.Activity("Flaky", _ => ++attempts < 4 ? throw new InvalidOperationException($"no {attempts}") : "ok");
        h.Functions.Orchestrator("Retry", async c =>
        {
            var started = c.CurrentUtcDateTime;
            var options = TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromSeconds(10), 2, TimeSpan.FromSeconds(30)));
            await c.CallActivityAsync<string>("Flaky", null, options);
            return (c.CurrentUtcDateTime - started).TotalSeconds;
        });
        await h.StartAsync();

        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Retry");
        var pause = 10;
        for (var failure = 1; failure <= 3; failure++)
        {
            var expected = failure;
            await DurableHarness.UntilAsync(() => Volatile.Read(ref attempts) == expected);
            await TimerSetAsync(h, id, pause);
            h.FakeClock!.Advance(TimeSpan.FromSeconds(pause));
            pause = Math.Min(pause * 2, 30);
        }

        Assert.Equal(60, (await h.CompletionAsync(id)).ReadOutputAs<double>());
        Assert.Equal(4, attempts);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Retry_Exhausted_ThrowsTheLastFailure(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        var attempts = 0;
        h.Functions.Activity("Broken", _ => throw new InvalidOperationException($"attempt {Interlocked.Increment(ref attempts)}", new TimeoutException("inner")));
        h.Functions.Orchestrator("Retry", async c =>
        {
            await c.CallActivityAsync("Broken", options: TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromMilliseconds(1))));
            return null;
        });
        await h.StartAsync();

        var failed = await h.RunAsync("Retry");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);
        Assert.Equal(3, attempts);
        Assert.True(failed.FailureDetails!.IsCausedBy<TaskFailedException>());
        var activity = failed.FailureDetails.InnerFailure!;
        Assert.True(activity.IsCausedBy<InvalidOperationException>());
        Assert.Equal("attempt 3", activity.ErrorMessage);
        Assert.True(activity.InnerFailure!.IsCausedBy<TimeoutException>());
        Assert.False(activity.IsCausedBy<TimeoutException>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Retry_Handler_DecidesByFailure(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        var attempts = 0;
        h.Functions.Activity("Flaky", _ => throw (++attempts < 3 ? new TimeoutException("again") : new InvalidOperationException("final")));
        h.Functions.Orchestrator("Handled", async c =>
        {
            var seen = new List<int>();
            try
            {
                await c.CallActivityAsync("Flaky", options: TaskOptions.FromRetryHandler(r =>
                {
                    seen.Add(r.LastAttemptNumber);
                    return r.LastFailure.IsCausedBy<TimeoutException>();
                }));
            }
            catch (TaskFailedException e)
            {
                return $"{string.Join(',', seen)} {e.FailureDetails.ErrorMessage} {e.TaskName} {e.TaskId}";
            }

            return null;
        });
        await h.StartAsync();

        Assert.Equal("1,2,3 final Flaky 2", (await h.RunAsync("Handled")).ReadOutputAs<string>());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Activity_Unknown_FailsWithoutRetry(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server);
        h.Functions.Orchestrator("Lost", async c =>
        {
            await c.CallActivityAsync("Missing", options: TaskOptions.FromRetryPolicy(new RetryPolicy(10, TimeSpan.FromHours(1))));
            return null;
        });
        await h.StartAsync();

        var failed = await h.RunAsync("Lost");

        Assert.Contains("no activity 'Missing'", failed.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    private static async Task TimerSetAsync(DurableHarness h, string id, int seconds)
    {
        var due = h.FakeClock!.GetUtcNow().UtcDateTime.AddSeconds(seconds);
        using var timeout = new CancellationTokenSource(DurableHarness.Patience);
        while (true)
        {
            var pending = await h.Engine.Store.ReadPendingAsync([.. Enumerable.Range(0, 8)], null, timeout.Token);
            if (pending.Instances.Exists(i => i.InstanceId == id && i.DueAt == due))
                return;
            await Task.Delay(5, timeout.Token);
        }
    }
}
