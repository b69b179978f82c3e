using System.Diagnostics;

using EmbeddedFunctions.Hosting;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

using Platform.Data;
using Platform.Events;
using Platform.Functions.Events;
using Platform.Functions.Hosts;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Workflows;

namespace Platform.Tests.Events;

/// <summary>The outbox on the real embedded host: timers, durable engine and broker.</summary>
public sealed class OutboxInHostTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Commit_WithWorkflowAndEvent_StartsTheOneAndDeliversTheOther()
    {
        var seen = new Seen();
        var directory = Directory.CreateTempSubdirectory("outbox-").FullName;
        var settings = new Dictionary<string, string> { ["Platform:DataDirectory"] = directory };
        await using (var host = await TestHost.StartAsync([typeof(RelayFunctions), typeof(ConsumerFunctions), typeof(EchoOrchestration)], builder =>
        {
            builder.Services.AddPlatformData(builder.Configuration).AddHostAdapters(builder.Configuration).RemoveAll<IOperatorAccess>(); // no sessions here
            builder.Services.AddSingleton(seen).AddEventHandler<SeenHandler>("notifications", ["sample_event"]);
        }, settings, directory))
        {
            await host.Services.GetRequiredService<DatabaseReady>().WaitAsync(CancellationToken.None).WaitAsync(Bound);
            for (var i = 0; i < 20; i++)
                await CommitAsync(host, i);

            await seen.WaitAsync("workflow", 20);
            await seen.WaitAsync("event", 20);
            Assert.Equal(20, host.Services.GetRequiredService<EventSignal>().Newest);
            Assert.Equal(Enumerable.Range(0, 20).Select(i => $"event n{i}"), seen.Names("event")); // one aggregate: in order
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Commit_WakesTheRelay_WithoutWaitingForItsSecond()
    {
        var seen = new Seen();
        var directory = Directory.CreateTempSubdirectory("outbox-").FullName;
        await using (var host = await TestHost.StartAsync([typeof(RelayFunctions), typeof(ConsumerFunctions), typeof(EchoOrchestration)], builder =>
        {
            builder.Services.AddPlatformData(builder.Configuration).AddHostAdapters(builder.Configuration).RemoveAll<IOperatorAccess>(); // no sessions here
            builder.Services.AddSingleton(seen).AddEventHandler<SeenHandler>("notifications", ["sample_event"]);
        }, new Dictionary<string, string> { ["Platform:DataDirectory"] = directory }, directory))
        {
            await host.Services.GetRequiredService<DatabaseReady>().WaitAsync(CancellationToken.None).WaitAsync(Bound);
            List<double> latencies = [];
            for (var i = 0; i < 40; i++)
            {
                var watch = Stopwatch.StartNew();
                await CommitAsync(host, i);
                await seen.WaitAsync("workflow", i + 1);
                latencies.Add(watch.Elapsed.TotalMilliseconds);
            }

            latencies.Sort();
            Assert.True(latencies[20] < 250, $"median of commit to running activity: {latencies[20]} ms"); // a second when only the timer ran

        }

        Directory.Delete(directory, recursive: true);
    }

    private static async Task CommitAsync(TestHost host, int number)
    {
        await using var scope = host.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        db.Raise(new SampleEvent($"n{number}", number));
        scope.ServiceProvider.GetRequiredService<IWorkflows>().Start("Echo", $"echo-{number}", new EchoOrchestration.Input($"n{number}"));
        await db.SaveChangesAsync();
    }

    internal sealed class SeenHandler(Seen seen) : IEventHandler
    {
        public Task HandleAsync(PlatformEvent stored, CancellationToken ct)
        {
            seen.Add("event", System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(stored.Payload).GetProperty("name").GetString()!);
            return Task.CompletedTask;
        }
    }
}
