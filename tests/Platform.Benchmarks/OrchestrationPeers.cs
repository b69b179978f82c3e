using Platform.Tests.Fixtures;

namespace Platform.Benchmarks;

/// <summary>What one engine makes of workflows of three trivial steps: workflows per second with fifty in flight, and the milliseconds of one at a time.</summary>
internal sealed record WorkflowFigures(string Name, double PerSecond, double SingleMilliseconds);

/// <summary>
/// DBOS on the same PostgreSQL server, called in its own process; Restate with its server, the handler and the caller as processes of a network of their own. Both with their
/// default settings, which have fsync on.
/// </summary>
internal static class OrchestrationPeers
{
    public static async Task<List<WorkflowFigures>> MeasureAsync(PostgresCluster cluster, int rounds)
    {
        object[] work = [OrchestrationsBench.Workflows, OrchestrationsBench.InFlight, OrchestrationsBench.Singles, rounds];
        var figures = new List<WorkflowFigures>();
        if (NpmPeers.AreInstalled("@dbos-inc/dbos-sdk"))
            figures.Add(Medians("DBOS", await NpmPeers.RunAsync(["dbos.mjs", NpmPeers.Url(await cluster.CreateDatabaseAsync()), .. work])));
        if (NpmPeers.AreInstalled("@restatedev/restate-server", "@restatedev/restate-sdk"))
            figures.Add(Medians("Restate", await RestateAsync(work)));
        return figures;
    }

    private static async Task<List<double[]>> RestateAsync(object[] work)
    {
        var folder = Directory.CreateTempSubdirectory("bench-restate-");
        try
        {
            return await NpmPeers.RunIsolatedAsync(["restate.mjs", folder.FullName, .. work]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static WorkflowFigures Medians(string name, List<double[]> rounds) => new(name, Report.Median(rounds.Select(r => r[0])), Report.Median(rounds.Select(r => r[1])));
}
