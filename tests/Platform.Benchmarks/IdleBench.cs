using EmbeddedFunctions.Durable.Storage;
using Platform.Tests.Fixtures;

namespace Platform.Benchmarks;

/// <summary>
/// What it costs to do nothing: the processor time, in per cent of one core, of the durable engine by itself and of the whole platform as it is by default, on both databases, against a
/// bare Kestrel in the same minute. The processes stand side by side and are read at the same moments.
/// </summary>
internal static class IdleBench
{
    /// <summary>What the engine's process says when it has nothing more to do.</summary>
    public const string Ready = "ready";

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(75);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(int rounds)
    {
        var report = new Report();
        var cluster = await PostgresCluster.StartAsync();
        try
        {
            await using var idle = new IdleProcesses();
            await idle.AddPlatformAsync("platform sqlite");
            await idle.AddPlatformAsync("platform postgres", ("Database:Provider", "postgres"), ("Database:ConnectionString", await cluster.CreateDatabaseAsync()));
            await idle.AddEngineAsync("engine sqlite", "sqlite", $"Data Source={Path.Combine(idle.Folder, "host.db")}");
            await idle.AddEngineAsync("engine postgres", "postgres", await cluster.CreateDatabaseAsync());
            await idle.AddBareAsync();
            await Task.Delay(Settling); // what runs once a second is compiled anew after thirty runs
            foreach (var (name, percent, bare) in await idle.MeasureAsync(rounds, Window))
                report.Add(new Case("idle", name, percent, "% of a core", "bare kestrel", bare, rounds, "target: <= 0.5"));
        }
        finally
        {
            await cluster.StopAsync();
        }

        return report.Finish();
    }

    /// <summary>The durable engine by itself, as a process of its own.</summary>
    public static async Task<int> RunEngineAsync(string provider, string connectionString)
    {
        IDurableStore store = provider == "sqlite" ? new SqliteDurableStore(connectionString) : new PostgresDurableStore(connectionString);
        await using var engine = await BenchEngine.StartAsync(store);
        await engine.OneAsync(activities: 3);
        Console.WriteLine(Ready);
        await Task.Delay(Timeout.Infinite);
        return 0;
    }
}
