using Platform.Tests.Fixtures;

namespace Platform.Benchmarks.Soak;

/// <summary>Two platform processes on one PostgreSQL: one that stays, and one that is killed (SIGKILL) at random moments and started again.</summary>
internal sealed class SoakFleet : IAsyncDisposable
{
    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan MoreLife = TimeSpan.FromSeconds(14);

    private readonly PostgresCluster _cluster;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("soak-");

    private SoakFleet(PostgresCluster cluster, string database, string host)
    {
        (_cluster, Database) = (cluster, database);
        (string, string)[] settings =
        [
            ("Database:Provider", "postgres"), ("Database:ConnectionString", database), ("Host:Storage:Provider", "postgres"), ("Host:Storage:ConnectionString", host),
            ("RateLimit:Enabled", "false"), ("Executions:MaxPerUser", "10000"), ("Executions:MaxPerLanguage", "10000"), ("Sse:MaxPerUser", "1000"),
            ("SystemSettings:ExecutionLimits:MaxConcurrentExecutions", "4"), .. BenchUser.Operator,
        ];
        (Steady, Victim) = (new SoakNode(_folder.FullName, settings), new SoakNode(_folder.FullName, settings));
    }

    /// <summary>Connection string of the platform's database.</summary>
    public string Database { get; }

    public string Folder => _folder.FullName;

    public SoakNode Steady { get; }

    public SoakNode Victim { get; }

    public int Kills { get; private set; }

    public static async Task<SoakFleet> StartAsync()
    {
        var cluster = await PostgresCluster.StartAsync();
        var fleet = new SoakFleet(cluster, await cluster.CreateDatabaseAsync(), await cluster.CreateDatabaseAsync());
        try
        {
            fleet.Steady.Start();
            await fleet.Steady.UntilReadyAsync();
            fleet.Victim.Start();
            await fleet.Victim.UntilReadyAsync();
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>One of the nodes that run, at random: mostly either, and the steady one while the other is away.</summary>
    public Uri Pick(Random random) => random.Next(2) == 0 && Victim.Url is { } victim ? victim : Steady.Url ?? throw new OperationCanceledException("The steady node has been stopped.");

    /// <summary>Kills and starts until cancelled; then the victim runs.</summary>
    public async Task KillAsync(Random random, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(ShortestLife + (random.NextDouble() * MoreLife), ct); // the moment of the kill is what is being tested
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Victim.KillAsync();
            Kills++;
            await Task.Delay(TimeSpan.FromSeconds(random.NextDouble() * 2), CancellationToken.None);
            Victim.Start();
            if (random.Next(4) > 0) // the others may be hit while they start
                await Victim.UntilReadyAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Victim.DisposeAsync();
        await Steady.DisposeAsync();
        await _cluster.StopAsync();
        _folder.Delete(recursive: true);
    }
}
