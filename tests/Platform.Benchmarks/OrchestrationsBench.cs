using EmbeddedFunctions.Durable.Storage;
using Platform.Tests.Fixtures;

namespace Platform.Benchmarks;

/// <summary>
/// Workflows of three trivial steps, fifty in flight and then one at a time, on both stores with fsync, against DBOS and Restate in the same run. Then five activities one after
/// the other, a thousand instances at once, against what the same number of durable commits costs a bare loop that makes them one at a time: the ratio is what group commit
/// brings, less what the engine costs. The rounds of all take turns, so that a slow minute of the machine's disk is one for each of them.
/// </summary>
internal static class OrchestrationsBench
{
    public const int Workflows = 2_000;
    public const int InFlight = 50;
    public const int Singles = 300;
    private const int Steps = 3;
    private const int Instances = 1_000;
    private const int Activities = 5;
    private const int CommitsEach = Activities + 1; // the start with the first turn, and a turn after each activity

    public static async Task<int> RunAsync(int rounds)
    {
        var report = new Report();
        var directory = Directory.CreateTempSubdirectory("bench-durable-");
        var cluster = await PostgresCluster.StartAsync();
        try
        {
            var database = await cluster.CreateDatabaseAsync();
            var connectionString = $"Data Source={Path.Combine(directory.FullName, "host.db")}";
            await using var sqlite = await Subject.StartAsync(new SqliteDurableStore(connectionString), () => BareCommits.SqliteAsync(Path.Combine(directory.FullName, "bare.db")));
            await using var postgres = await Subject.StartAsync(new PostgresDurableStore(database), () => BareCommits.PostgresAsync(database));
            var peers = new OrchestrationPeers(cluster);
            for (var round = 0; round < rounds; round++)
            {
                await sqlite.RoundAsync();
                await postgres.RoundAsync();
                await peers.RoundAsync();
            }

            Report(report, "sqlite", sqlite, peers, rounds, ("> 20,000", ">= 12", ">= 6", "<= 0.25"));
            Report(report, "postgres", postgres, peers, rounds, ("> 8,000", ">= 8", ">= 4", "<= 0.40"));
        }
        finally
        {
            await cluster.StopAsync();
            directory.Delete(recursive: true);
        }

        return report.Finish();
    }

    private static void Report(
        Report report, string store, Subject ours, OrchestrationPeers peers, int rounds, (string Activities, string Dbos, string Restate, string Single) targets)
    {
        report.Add(new Case(
            "orchestrations", $"{store} activities", ours.ActivitiesPerSecond, "activities/s", "bare commits, one at a time", ours.BareActivitiesPerSecond, rounds, $"target: {targets.Activities}"));
        foreach (var (name, peer) in peers.Figures)
        {
            var target = name == OrchestrationPeers.Dbos ? targets.Dbos : targets.Restate;
            report.Add(new Case("orchestrations", $"{store} workflows", ours.Figures.PerSecond, "workflows/s", name, peer.PerSecond, rounds, $"target: {target}"));
            report.Add(new Case("orchestrations", $"{store} single", ours.Figures.SingleMilliseconds, "ms (p50)", name, peer.SingleMilliseconds, rounds, $"target: {targets.Single}"));
        }
    }

    /// <summary>Our engine on one store, and what it made of each round.</summary>
    private sealed class Subject(BenchEngine engine, Func<Task<double>> bareCommitsPerSecond) : IAsyncDisposable
    {
        private readonly List<double> _activities = [];
        private readonly List<double> _bareCommits = [];

        public WorkflowFigures Figures { get; } = new();

        public double ActivitiesPerSecond => Benchmarks.Report.Median(_activities);

        public double BareActivitiesPerSecond => Benchmarks.Report.Median(_bareCommits) / CommitsEach * Activities;

        public static async Task<Subject> StartAsync(IDurableStore store, Func<Task<double>> bareCommitsPerSecond)
        {
            var engine = await BenchEngine.StartAsync(store);
            await engine.ManyAsync(Workflows, InFlight, Steps); // warm-up: code, prepared statements, file growth
            await engine.ManyAsync(Instances, Instances, Activities);
            return new Subject(engine, bareCommitsPerSecond);
        }

        public async Task RoundAsync()
        {
            Figures.Add(await engine.ManyAsync(Workflows, InFlight, Steps), await engine.SinglesAsync(Singles, Steps));
            _bareCommits.Add(await bareCommitsPerSecond());
            _activities.Add(await engine.ManyAsync(Instances, Instances, Activities) * Activities);
        }

        public ValueTask DisposeAsync() => engine.DisposeAsync();
    }
}
