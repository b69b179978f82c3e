using System.Text.Json;
using Platform.Chaos.Runs;

namespace Platform.Benchmarks;

/// <summary>
/// The long version of the chaos tests: random workflows while workers are killed and paused and PostgreSQL is restarted, with a check of everything that was stored. Fails on any
/// violation; the seed gives the same workflows and the same moments again, though not the same interleaving.
/// </summary>
internal static class ChaosBench
{
    private const int UsualKills = 250;

    public static async Task<int> RunAsync(string[] options)
    {
        if (Read(options) is not var (seed, kills, only))
            return 2;

        (string Key, Func<Task<ChaosReport>> Run)[] runs =
        [
            ("sqlite", () => ChaosRuns.KillOnSqliteAsync(seed, kills)),
            ("postgres", () => ChaosRuns.KillOnPostgresAsync(seed, kills)),
            ("restarts", () => ChaosRuns.BreakPostgresAsync(seed, Math.Max(4, kills / 10))),
            ("pauses", () => ChaosRuns.PauseOnPostgresAsync(seed, Math.Max(2, kills / 40))),
        ];
        var chosen = runs.Where(r => only is null || r.Key == only).ToList();
        Console.WriteLine($"seed {seed}");
        var reports = new List<ChaosReport>();
        foreach (var (_, run) in chosen)
        {
            reports.Add(await run());
            Print(reports[^1]);
        }

        Console.WriteLine();
        reports.ForEach(r => Console.WriteLine(Json(r)));
        return reports.Count > 0 && reports.TrueForAll(r => r.Violations.Count == 0) ? 0 : 1;
    }

    private static (int Seed, int Kills, string? Only)? Read(string[] options)
    {
        var (seed, kills, only) = (Environment.TickCount, UsualKills, (string?)null);
        for (var i = 0; i + 1 < options.Length; i += 2)
        {
            if (options[i] == "--seed" && int.TryParse(options[i + 1], out var s))
                seed = s;
            else if (options[i] == "--kills" && int.TryParse(options[i + 1], out var k) && k > 0)
                kills = k;
            else if (options[i] == "--only")
                only = options[i + 1];
            else
                options = [];
        }

        if (options.Length % 2 == 0 && (options.Length > 0 || kills == UsualKills))
            return (seed, kills, only);
        Console.Error.WriteLine("bench chaos [--seed N] [--kills N] [--only sqlite|postgres|restarts|pauses]");
        return null;
    }

    private static void Print(ChaosReport report)
    {
        var takeover = report.LongestTakeover is { } longest ? $", longest takeover {longest.TotalSeconds:0.0} s" : "";
        Console.WriteLine($"{report.Name}: {report.Disturbances} disturbances, {report.Instances} instances, {report.Violations.Count} violations, {report.Elapsed.TotalSeconds:0} s{takeover}");
        foreach (var violation in report.Violations.Take(20))
            Console.WriteLine($"  {violation}");
        if (report.Violations.Count > 0)
            Console.WriteLine($"  again with --seed {report.Seed}; data and consoles: {report.Folder}");
        else
            Directory.Delete(report.Folder, recursive: true);
    }

    private static string Json(ChaosReport report) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["bench"] = "chaos",
        ["case"] = report.Name,
        ["seed"] = report.Seed,
        ["disturbances"] = report.Disturbances,
        ["instances"] = report.Instances,
        ["violations"] = report.Violations.Count,
        ["seconds"] = Math.Round(report.Elapsed.TotalSeconds, 1),
        ["longest_takeover_seconds"] = report.LongestTakeover?.TotalSeconds,
    });
}
