using System.Diagnostics;
using EmbeddedFunctions.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Tests.TestKit;

public sealed class OrchestrationTestHostTests
{
    [Fact]
    public async Task Run_ThirtyDayTimer_EndsAtOnceAndOnTime()
    {
        await using var host = await OrchestrationTestHost.StartAsync(options => options.Orchestrator("Month", async context =>
        {
            var begin = context.CurrentUtcDateTime;
            await context.CreateTimer(TimeSpan.FromDays(30), CancellationToken.None);
            return context.CurrentUtcDateTime - begin;
        }));

        var started = Stopwatch.StartNew();
        var done = await host.RunAsync("Month");

        Assert.Equal(TimeSpan.FromDays(30), done.ReadOutputAs<TimeSpan>());
        Assert.True(started.Elapsed < TimeSpan.FromSeconds(5), $"{started.Elapsed}");
    }

    [Fact]
    public async Task Run_RetriesWithBackoff_WaitsExactlyTheirIntervals()
    {
        var tries = 0;
        await using var host = await OrchestrationTestHost.StartAsync(options => options
            .Orchestrator("Retry", async context =>
            {
                var begin = context.CurrentUtcDateTime;
                await context.CallActivityAsync("Flaky", TaskOptions.FromRetryPolicy(new RetryPolicy(4, TimeSpan.FromHours(1), 2, TimeSpan.FromHours(8))));
                return context.CurrentUtcDateTime - begin;
            })
            .Activity("Flaky", (object? _) => ++tries < 4 ? throw new InvalidOperationException("again") : tries));

        Assert.Equal(TimeSpan.FromHours(1 + 2 + 4), (await host.RunAsync("Retry")).ReadOutputAs<TimeSpan>());
    }

    [Fact]
    public async Task Advance_InstanceWithReminders_RunsThoseThatFallDue()
    {
        var reminders = 0;
        await using var host = await OrchestrationTestHost.StartAsync(options => options
            .Orchestrator("Remind", async context =>
            {
                var answer = context.WaitForExternalEvent<string>("answer");
                while (await Task.WhenAny(answer, context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None)) != answer)
                    await context.CallActivityAsync("Mail");
                return await answer;
            })
            .Activity("Mail", (object? _) => Interlocked.Increment(ref reminders)));
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Remind");

        await host.AdvanceAsync(TimeSpan.FromDays(3.5));
        Assert.Equal(3, reminders);
        await host.Client.RaiseEventAsync(id, "answer", "yes");

        Assert.Equal("yes", (await host.CompletionAsync(id)).ReadOutputAs<string>());
        Assert.Equal(3, reminders);
    }

    [Fact]
    public async Task Completion_NobodySendsTheEvent_SaysSo()
    {
        await using var host = await OrchestrationTestHost.StartAsync(options => options.Orchestrator("Wait", context => context.WaitForExternalEvent<string>("never")));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.RunAsync("Wait"));
        Assert.Contains("nobody sends", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Functions_OfTheApp_RunWithTheirServicesAndSubOrchestrations()
    {
        await using var host = await OrchestrationTestHost.StartAsync(options =>
        {
            options.Functions(typeof(KitFunctions));
            options.Services.AddSingleton(new KitFunctions.Greeting("hello"));
        });

        var done = await host.RunAsync("Kit_Many", 20);

        Assert.Equal(20, done.ReadOutputAs<string[]>()!.Length);
        Assert.All(done.ReadOutputAs<string[]>()!, text => Assert.Equal("hello 2026-01-02", text));
    }

    [Fact]
    public async Task Settle_ManyChains_NeverReturnsWhileWorkIsUnderWay()
    {
        await using var host = await OrchestrationTestHost.StartAsync(options => options
            .Orchestrator("Chain", async context =>
            {
                for (var i = 0; i < 20; i++)
                    await context.CallActivityAsync<int>("Step", i);
            })
            .Activity("Step", (int i) => i));
        for (var round = 0; round < 10; round++)
        {
            var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => host.Client.ScheduleNewOrchestrationInstanceAsync("Chain")));
            await host.SettleAsync();
            foreach (var id in ids)
                Assert.True((await host.Client.GetInstanceAsync(id, CancellationToken.None))!.IsCompleted);
        }
    }
}

public sealed class KitFunctions(KitFunctions.Greeting greeting, TimeProvider clock)
{
    [Function("Kit_Many")]
    public static async Task<string[]> ManyAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        await Task.WhenAll(Enumerable.Range(0, context.GetInput<int>()).Select(_ => context.CallSubOrchestratorAsync<string>("Kit_One")));

    [Function("Kit_One")]
    public static async Task<string> OneAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None);
        return await context.CallActivityAsync<string>("Kit_Greet");
    }

    [Function("Kit_Greet")]
    public string Greet([ActivityTrigger] string? name) => $"{greeting.Text} {clock.GetUtcNow():yyyy-MM-dd}";

    public sealed record Greeting(string Text);
}
