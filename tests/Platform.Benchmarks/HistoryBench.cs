using System.Diagnostics;
using EmbeddedFunctions.Durable.Storage;
using Platform.Tests.Fixtures;

namespace Platform.Benchmarks;

/// <summary>
/// Whether work costs more when much has been done before: workflows of three trivial steps on a store with a million finished ones, with their histories, against the same on an empty store,
/// in turns. What the process needs of memory is measured too.
/// </summary>
internal static class HistoryBench
{
    private const int Finished = 1_000_000;
    private const int Workflows = 4_000;
    private const int InFlight = 50;
    private const int Singles = 300;
    private const int Steps = 3;
    private const int UsualRounds = 9;

    public static async Task<int> RunAsync(string[] options)
    {
        var (rounds, only) = Read(options);
        var report = new Report();
        if (only is null or "sqlite")
            await SqliteAsync(report, rounds);
        if (only is null or "postgres")
            await PostgresAsync(report, rounds);
        return report.Finish();
    }

    /// <summary>Runs one workflow for real and copies its rows.</summary>
    public static async Task<int> FillAsync(string provider, string connectionString)
    {
        var isSqlite = provider == "sqlite";
        await using var engine = await BenchEngine.StartAsync(isSqlite ? new SqliteDurableStore(connectionString) : new PostgresDurableStore(connectionString));
        var template = await engine.OneAsync(Steps);
        await (isSqlite ? FinishedInstances.FillSqliteAsync(connectionString, template, Finished) : FinishedInstances.FillPostgresAsync(connectionString, template, Finished));
        return 0;
    }

    private static (int Rounds, string? Only) Read(string[] options)
    {
        var rounds = options.Select(o => int.TryParse(o, out var n) && n is > 0 and <= 100 ? n : 0).FirstOrDefault(n => n > 0);
        return (rounds > 0 ? rounds : UsualRounds, options.FirstOrDefault(o => o is "sqlite" or "postgres"));
    }

    private static async Task SqliteAsync(Report report, int rounds)
    {
        var directory = Directory.CreateTempSubdirectory("bench-history-");
        string Source(string name) => $"Data Source={Path.Combine(directory.FullName, name)}";
        try
        {
            await FillElsewhereAsync("sqlite", Source("full.db"));
            await MeasureAsync(report, "sqlite", rounds, new Side(() => new SqliteDurableStore(Source("empty.db"))), new Side(() => new SqliteDurableStore(Source("full.db"))));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task PostgresAsync(Report report, int rounds)
    {
        var cluster = await PostgresCluster.StartAsync();
        try
        {
            var (empty, full) = (await cluster.CreateDatabaseAsync(), await cluster.CreateDatabaseAsync());
            await FillElsewhereAsync("postgres", full);
            await MeasureAsync(report, "postgres", rounds, new Side(() => new PostgresDurableStore(empty)), new Side(() => new PostgresDurableStore(full)));
        }
        finally
        {
            await cluster.StopAsync();
        }
    }

    /// <summary>In a process of its own, whose memory would otherwise be measured as well.</summary>
    private static async Task FillElsewhereAsync(string provider, string connectionString)
    {
        using var filling = Process.Start(new ProcessStartInfo("dotnet", [BuiltFiles.Self, "history-fill", provider, connectionString]))!;
        await filling.WaitForExitAsync();
        if (filling.ExitCode != 0)
            throw new InvalidOperationException($"The store on {provider} could not be filled.");
    }

    private static async Task MeasureAsync(Report report, string name, int rounds, Side empty, Side full)
    {
        await RoundAsync(empty); // warm-up
        await RoundAsync(full);
        var memory = MemoryWatch.MegabytesOf(Environment.ProcessId);
        for (var round = 0; round < rounds; round++)
        {
            await RoundAsync(round % 2 == 0 ? empty : full);
            await RoundAsync(round % 2 == 0 ? full : empty);
        }

        report.Add(new Case("history", $"{name} workflows", full.PerSecond, "workflows/s", "an empty store", empty.PerSecond, rounds, "target: >= 0.90"));
        report.Add(new Case("history", $"{name} single", full.Milliseconds, "ms (p50)", "an empty store", empty.Milliseconds, rounds));
        report.Add(new Case("history", $"{name} memory", MemoryWatch.MegabytesOf(Environment.ProcessId), "MB", "before the rounds", memory, 1));
    }

    /// <summary>Each time with new connections: on a machine of two cores it is luck, which lasts as long as they do, whether a session of the server shares a core with its client.</summary>
    private static async Task RoundAsync(Side side)
    {
        await using var engine = await BenchEngine.StartAsync(side.Open());
        await engine.ManyAsync(Workflows / 4, InFlight, Steps);
        side.Add(await engine.ManyAsync(Workflows, InFlight, Steps), await engine.SinglesAsync(Singles, Steps));
    }

    private sealed class Side(Func<IDurableStore> open)
    {
        private readonly List<(double PerSecond, double Milliseconds)> _rounds = [];

        public Func<IDurableStore> Open => open;

        public double PerSecond => Report.Median(_rounds.Skip(1).Select(r => r.PerSecond));

        public double Milliseconds => Report.Median(_rounds.Skip(1).Select(r => r.Milliseconds));

        public void Add(double perSecond, double milliseconds) => _rounds.Add((perSecond, milliseconds));
    }
}
