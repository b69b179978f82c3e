using EmbeddedFunctions.Durable.Storage;
using Platform.Tests.Fixtures;

namespace Platform.Benchmarks;

/// <summary>
/// Workflows of three trivial steps, fifty in flight and then one at a time, on both stores with fsync, against DBOS and Restate in the same run. Then five activities one after
/// the other, a thousand instances at once, against what the same number of durable commits costs a bare loop that makes them one at a time: the ratio is what group commit
/// brings, less what the engine costs.
/// </summary>
internal static class OrchestrationsBench
{
    public const int Workflows = 2_000;
    public const int InFlight = 50;
    public const int Singles = 300;
    private const int Steps = 3;
    private const int Instances = 1_000;
    private const int Activities = 5;
    private const int CommitsEach = Activities + 2; // the start, a turn before each activity, and the end

    public static async Task<int> RunAsync(int rounds)
    {
        var report = new Report();
        var directory = Directory.CreateTempSubdirectory("bench-durable-");
        var cluster = await PostgresCluster.StartAsync();
        try
        {
            var database = await cluster.CreateDatabaseAsync();
            var connectionString = $"Data Source={Path.Combine(directory.FullName, "host.db")}";
            var sqlite = await MeasureAsync(report, "sqlite", rounds, new SqliteDurableStore(connectionString), () => BareCommits.SqliteAsync(Path.Combine(directory.FullName, "bare.db")));
            var postgres = await MeasureAsync(report, "postgres", rounds, new PostgresDurableStore(database), () => BareCommits.PostgresAsync(database));
            foreach (var peer in await OrchestrationPeers.MeasureAsync(cluster, rounds))
            {
                Compare(report, sqlite, peer, rounds, peer.Name == "DBOS" ? ">= 12" : ">= 6", "<= 0.25");
                Compare(report, postgres, peer, rounds, peer.Name == "DBOS" ? ">= 8" : ">= 4", "<= 0.40");
            }
        }
        finally
        {
            await cluster.StopAsync();
            directory.Delete(recursive: true);
        }

        return report.Finish();
    }

    private static async Task<WorkflowFigures> MeasureAsync(Report report, string name, int rounds, IDurableStore store, Func<Task<double>> bareCommitsPerSecond)
    {
        await using var engine = await BenchEngine.StartAsync(store);
        await engine.ManyAsync(Workflows, InFlight, Steps); // warm-up: code, prepared statements, file growth
        await engine.ManyAsync(Instances, Instances, Activities);
        var (flows, singles, ours, bare) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            flows.Add(await engine.ManyAsync(Workflows, InFlight, Steps));
            singles.Add(await engine.SinglesAsync(Singles, Steps));
            bare.Add(await bareCommitsPerSecond() / CommitsEach * Activities);
            ours.Add(await engine.ManyAsync(Instances, Instances, Activities) * Activities);
        }

        var target = name == "sqlite" ? "> 20,000" : "> 8,000";
        report.Add(new Case("orchestrations", $"{name} activities", Report.Median(ours), "activities/s", "bare commits, one at a time", Report.Median(bare), rounds, $"target: {target}"));
        return new WorkflowFigures(name, Report.Median(flows), Report.Median(singles));
    }

    private static void Compare(Report report, WorkflowFigures ours, WorkflowFigures peer, int rounds, string throughput, string latency)
    {
        report.Add(new Case("orchestrations", $"{ours.Name} workflows", ours.PerSecond, "workflows/s", peer.Name, peer.PerSecond, rounds, $"target: {throughput}"));
        report.Add(new Case("orchestrations", $"{ours.Name} single", ours.SingleMilliseconds, "ms (p50)", peer.Name, peer.SingleMilliseconds, rounds, $"target: {latency}"));
    }
}
