using System.Diagnostics;
using System.Text;
using EmbeddedFunctions.Hosting;
using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Tests.Fixtures;

namespace Platform.Benchmarks;

/// <summary>
/// Messages through a topic with two subscriptions: sent in batches by ten senders, delivered to two functions and completed. On PostgreSQL compared with pg-boss and graphile-worker on the
/// same server, each in one process by its batch calls (messages to two queues, since neither has topics). Single messages, a hundred under way at once, are measured as well.
/// </summary>
internal static class BrokerBench
{
    private const int Messages = 20_000;
    private const int Senders = 10;
    private const int Batch = 100;
    private const int Singles = 5_000;
    private const int SingleSenders = 100;

    public static async Task<int> RunAsync(int rounds)
    {
        var report = new Report();
        var sqlite = await MeasureAsync(new Dictionary<string, string>(), rounds);
        var cluster = await PostgresCluster.StartAsync();
        try
        {
            var postgres = await MeasureAsync(new Dictionary<string, string> { ["Host:Storage:Provider"] = "postgres", ["Host:Storage:ConnectionString"] = await cluster.CreateDatabaseAsync() }, rounds);
            var peers = await PeersAsync(cluster, rounds);
            foreach (var (name, figure) in peers)
            {
                report.Add(new Case("broker", "postgres", postgres.Batched, "messages/s", name, figure, rounds, "10,000 and ahead"));
                report.Add(new Case("broker", "sqlite", sqlite.Batched, "messages/s", name, figure, rounds, "10,000 and ahead"));
            }

            report.Add(new Case("broker", "singles postgres", postgres.Singles, "messages/s", "batches of 100", postgres.Batched, rounds));
            report.Add(new Case("broker", "singles sqlite", sqlite.Singles, "messages/s", "batches of 100", sqlite.Batched, rounds));
        }
        finally
        {
            await cluster.StopAsync();
        }

        return report.Finish();
    }

    private static async Task<(double Batched, double Singles)> MeasureAsync(Dictionary<string, string> settings, int rounds)
    {
        settings[$"{HostJson.Section}:extensions:serviceBus:prefetchCount"] = "1000";
        var counter = new BrokerCounter();
        var directory = Directory.CreateTempSubdirectory("bench-broker-");
        settings["Host:Storage:Path"] = directory.FullName;
        settings["Host:Banner"] = "false";
        settings["port"] = "0";
        var builder = FunctionsApplication.CreateBuilder([.. settings.Select(s => $"--{s.Key}={s.Value}")]);
        builder.App.Types = [typeof(BrokerBenchFunctions)];
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(counter);
        using var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<DeferredServices>().Started;
        var sender = host.Services.GetRequiredService<IMessageSender>();
        await RoundAsync(sender, counter, Messages / 4, Senders, Batch); // warm-up: code, prepared statements, file growth
        var (batched, singles) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            batched.Add(await RoundAsync(sender, counter, Messages, Senders, Batch));
            singles.Add(await RoundAsync(sender, counter, Singles, SingleSenders, batch: 1));
        }

        await host.StopAsync();
        directory.Delete(recursive: true);
        return (Report.Median(batched), Report.Median(singles));
    }

    private static async Task<double> RoundAsync(IMessageSender sender, BrokerCounter counter, int messages, int senders, int batch)
    {
        var done = counter.Expect(messages * 2);
        var body = Encoding.UTF8.GetBytes($$"""{"number":1,"text":"{{new string('x', 100)}}"}""");
        var left = messages / batch;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
                await sender.SendAsync("bench", [.. Enumerable.Range(0, batch).Select(_ => new OutgoingMessage(body))], CancellationToken.None);
        })));
        await done;
        return messages / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<List<(string Name, double PerSecond)>> PeersAsync(PostgresCluster cluster, int rounds)
    {
        var figures = new List<(string, double)>();
        foreach (var peer in (string[])["pg-boss", "graphile-worker"])
        {
            if (NpmPeers.AreInstalled(peer))
            {
                var lines = await NpmPeers.RunAsync("peers.mjs", peer, NpmPeers.Url(await cluster.CreateDatabaseAsync()), Messages, Senders, Batch, rounds);
                figures.Add((peer, Report.Median(lines.Select(line => line[0]))));
            }
        }

        return figures.Count > 0 ? figures : [("no peer was installed", 0)];
    }
}

/// <summary>Counts deliveries, and knows when all have come.</summary>
public sealed class BrokerCounter
{
    private TaskCompletionSource _done = new();
    private int _left;

    public Task Expect(int deliveries)
    {
        _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _left, deliveries);
        return _done.Task;
    }

    public void Count()
    {
        if (Interlocked.Decrement(ref _left) == 0)
            _done.SetResult();
    }
}

public sealed class BrokerBenchFunctions(BrokerCounter counter)
{
    [Function("Bench_First")]
    public void First([ServiceBusTrigger("bench", "first")] string body) => counter.Count();

    [Function("Bench_Second")]
    public void Second([ServiceBusTrigger("bench", "second")] string body) => counter.Count();
}
