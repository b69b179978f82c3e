using Platform.Tests.Fixtures;

namespace Platform.Benchmarks;

/// <summary>What one engine makes of workflows of three trivial steps, at the median of its rounds: workflows per second with fifty in flight, and the milliseconds of one at a time.</summary>
internal sealed class WorkflowFigures
{
    private readonly List<double> _perSecond = [];
    private readonly List<double> _singles = [];

    public double PerSecond => Report.Median(_perSecond);

    public double SingleMilliseconds => Report.Median(_singles);

    public void Add(double perSecond, double singleMilliseconds)
    {
        _perSecond.Add(perSecond);
        _singles.Add(singleMilliseconds);
    }
}

/// <summary>
/// DBOS on the same PostgreSQL server, called in its own process; Restate with its server, the handler and the caller as processes of a network of their own. Both with their
/// default settings, which have fsync on.
/// </summary>
internal sealed class OrchestrationPeers(PostgresCluster cluster)
{
    public const string Dbos = "DBOS";

    private const int WarmedUp = 2; // rounds of a fresh process, the last of which counts

    private static readonly object[] Work = [OrchestrationsBench.Workflows, OrchestrationsBench.InFlight, OrchestrationsBench.Singles, WarmedUp];

    private readonly bool _hasDbos = NpmPeers.AreInstalled("@dbos-inc/dbos-sdk");
    private readonly bool _hasRestate = NpmPeers.AreInstalled("@restatedev/restate-server", "@restatedev/restate-sdk");

    public SortedDictionary<string, WorkflowFigures> Figures { get; } = new(StringComparer.Ordinal);

    public async Task RoundAsync()
    {
        if (_hasDbos)
            Add(Dbos, await NpmPeers.RunAsync(["dbos.mjs", NpmPeers.Url(await cluster.CreateDatabaseAsync()), .. Work]));
        if (_hasRestate)
            Add("Restate", await RestateAsync());
    }

    private static async Task<List<double[]>> RestateAsync()
    {
        var folder = Directory.CreateTempSubdirectory("bench-restate-");
        try
        {
            return await NpmPeers.RunIsolatedAsync(["restate.mjs", folder.FullName, .. Work]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private void Add(string name, List<double[]> rounds)
    {
        if (!Figures.TryGetValue(name, out var figures))
            Figures[name] = figures = new WorkflowFigures();
        figures.Add(rounds[^1][0], rounds[^1][1]);
    }
}
