using Platform.Chaos.Runs;
using Xunit.Abstractions;

namespace Platform.SystemTests;

/// <summary>
/// Random workflows on the embedded host while its processes are killed and paused and its database breaks: everything ends as in a failure-free run, once. The long
/// version is <c>./bench chaos</c>.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private readonly int _seed = Environment.TickCount;

    [Fact]
    public async Task Kills_OfTheOnlyWorkerOnSqlite_ChangeNoResult() => NoViolations(await ChaosRuns.KillOnSqliteAsync(_seed, kills: 12));

    [Fact]
    public async Task Kills_OfOneOfThreeWorkersOnPostgres_ChangeNoResult() => NoViolations(await ChaosRuns.KillOnPostgresAsync(_seed, kills: 12));

    [Fact]
    public async Task RestartsAndCutConnectionsOfPostgres_AreSurvived() => NoViolations(await ChaosRuns.BreakPostgresAsync(_seed, breaks: 4));

    [Fact]
    public async Task PausedOwner_LosesItsPartitionsWithin10SecondsAndChangesNothingAfterwards()
    {
        var report = await ChaosRuns.PauseOnPostgresAsync(_seed, pauses: 1);

        NoViolations(report);
        Assert.InRange(report.LongestTakeover!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    private void NoViolations(ChaosReport report)
    {
        output.WriteLine($"{report.Name}: seed {report.Seed}, {report.Instances} instances, {report.Elapsed.TotalSeconds:0} s");
        Assert.True(report.Violations.Count == 0, $"seed {report.Seed}, data and consoles in {report.Folder}\n{string.Join('\n', report.Violations.Take(20))}");
        Assert.True(report.Instances > 40);
        Directory.Delete(report.Folder, recursive: true);
    }
}
