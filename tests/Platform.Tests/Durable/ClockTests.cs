using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>Durable timers over long times, and while the machine's clock is set forward and back.</summary>
public sealed class ClockTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    public static TheoryData<Db> Stores => [Db.Sqlite, Db.Postgres];

    // Beyond 2^31 ms (24.8 days), and beyond 2^32 ms (49.7 days).
    public static TheoryData<Db, int> LongTimes => new() { { Db.Sqlite, 25 }, { Db.Sqlite, 90 }, { Db.Sqlite, 3 * 365 }, { Db.Postgres, 90 }, { Db.Postgres, 3 * 365 } };

    [Theory]
    [MemberData(nameof(LongTimes))]
    public async Task Timer_OfManyDays_FiresAtItsTimeAlsoAfterACrash(Db db, int days)
    {
        await using var h = await DurableHarness.CreateAsync(db, server, fakeTime: true);
        var fired = AddSleeper(h, TimeSpan.FromDays(days));
        var due = h.FakeClock!.GetUtcNow().AddDays(days);
        await h.StartAsync();
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Sleeper");
        await LookAsync(h, id, 1);
        h.FakeClock.Advance(TimeSpan.FromDays(days / 2));
        await LookAsync(h, id, 2);
        await h.CrashAndRestartAsync();
        await LookAsync(h, id, 3);
        h.FakeClock.Advance(due - h.FakeClock.GetUtcNow() - TimeSpan.FromSeconds(1));
        await LookAsync(h, id, 4);
        Assert.Empty(fired);

        h.FakeClock.Advance(TimeSpan.FromSeconds(1));
        await h.CompletionAsync(id);
        Assert.Equal(due, Assert.Single(fired), TimeSpan.FromMilliseconds(1));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Clock_SetForwardAndBackAgain_FiresEachTimerOnceAndInTime(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server, fakeTime: true);
        var fired = AddSleeper(h, TimeSpan.FromMinutes(30), TimeSpan.FromHours(2));
        var start = h.FakeClock!.GetUtcNow();
        await h.StartAsync();
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Sleeper");
        await LookAsync(h, id, 1);

        h.FakeClock.AdjustTime(start.AddHours(1));
        await DurableHarness.UntilAsync(() => fired.Count == 1);
        h.FakeClock.AdjustTime(start);
        h.FakeClock.Advance(TimeSpan.FromMinutes(31)); // the first timer's time again
        await LookAsync(h, id, 2);
        Assert.Single(fired);

        h.FakeClock.Advance(TimeSpan.FromMinutes(150));
        await h.CompletionAsync(id);
        Assert.Equal(start.AddHours(1), fired[0]);
        Assert.InRange(fired[1], start.AddHours(3), start.AddMinutes(181));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Clock_SetBack_FiresTimersAtTheirTimeAndOnce(Db db)
    {
        await using var h = await DurableHarness.CreateAsync(db, server, fakeTime: true);
        var fired = AddSleeper(h, TimeSpan.FromMinutes(30));
        var start = h.FakeClock!.GetUtcNow();
        await h.StartAsync();
        var id = await h.Client.ScheduleNewOrchestrationInstanceAsync("Sleeper");
        await LookAsync(h, id, 1);

        h.FakeClock.AdjustTime(start.AddHours(-1));
        h.FakeClock.Advance(TimeSpan.FromMinutes(80)); // the alarm was set for 30 minutes
        await LookAsync(h, id, 2);
        Assert.Empty(fired);
        h.FakeClock.Advance(TimeSpan.FromMinutes(11));
        await h.CompletionAsync(id);
        Assert.Single(fired);
    }

    /// <summary>Sleeps for the given times one after the other and counts the events "look" meanwhile in its custom status. Returns when it awoke.</summary>
    private static List<DateTimeOffset> AddSleeper(DurableHarness h, params TimeSpan[] times)
    {
        var fired = new List<DateTimeOffset>();
        h.Functions.Activity("Awake", input =>
        {
            fired.Add(h.FakeClock!.GetUtcNow());
            return null;
        });
        h.Functions.Orchestrator("Sleeper", async c =>
        {
            var looks = 0;
            foreach (var time in times)
            {
                using var awake = new CancellationTokenSource();
                var timer = c.CreateTimer(time, CancellationToken.None);
                while (true)
                {
                    var look = c.WaitForExternalEvent<object>("look", awake.Token);
                    if (await Task.WhenAny(timer, look) == timer)
                        break;
                    c.SetCustomStatus(++looks);
                }

                awake.Cancel();
                await c.CallActivityAsync("Awake");
            }

            return null;
        });
        return fired;
    }

    /// <summary>Returns when the instance has taken notice: whatever is due at this moment has come before.</summary>
    private static async Task LookAsync(DurableHarness h, string id, int looks)
    {
        await h.Client.RaiseEventAsync(id, "look");
        await h.UntilAsync(id, i => i.ReadCustomStatusAs<int>() == looks);
    }
}
