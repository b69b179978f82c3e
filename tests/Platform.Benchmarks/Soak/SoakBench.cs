using System.Runtime.InteropServices;
using System.Text.Json;
using Platform.SystemTests;

namespace Platform.Benchmarks.Soak;

/// <summary>
/// Everything that users do, at once, on two platform processes on one PostgreSQL, one of which is killed at random moments and started again; then a check that nothing that was accepted is
/// lost, stuck or run twice, that the other process has not gone on growing, and that no process is left. Fails on any violation. The seed gives the same work and the same moments again,
/// though not the same interleaving.
/// </summary>
internal static class SoakBench
{
    private const double UsualMinutes = 5;
    private static readonly TimeSpan Dying = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string[] options)
    {
        if (Read(options) is not var (duration, seed))
            return 2;

        using var cutOff = new CancellationTokenSource();
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var onInt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var onHup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        Console.WriteLine($"seed {seed}, {duration.TotalMinutes:0.#} minutes");
        try
        {
            return await RunAsync(duration, seed, cutOff.Token);
        }
        catch (Exception) when (cutOff.IsCancellationRequested) // whatever it was: from a terminal the nodes get the signal, too
        {
            Console.Error.WriteLine("cut off; its processes and files are gone");
            return 1;
        }

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true; // processes and files are cleared away first
            cutOff.Cancel();
        }
    }

    private static async Task<int> RunAsync(TimeSpan duration, int seed, CancellationToken ct)
    {
        var mark = $"soak-{Guid.CreateVersion7():N}-";
        var told = new SoakLedger();
        await using var scripts = new ProcessWatch(mark);
        await using var fleet = await SoakFleet.StartAsync();
        var memory = new SoakMemory(fleet.Steady.Id, duration);
        await LoadAsync(fleet, told, mark, seed, memory, duration, ct);

        var checker = new SoakChecker(fleet, told);
        var violations = await checker.CheckAsync(ct);
        Dictionary<string, object> figures = new(StringComparer.Ordinal)
        {
            ["kills"] = fleet.Kills,
            ["executions accepted"] = told.Executions.Count,
            ["executions stored"] = await checker.CountAsync("executions"),
            ["scripts seen running"] = scripts.ScriptsSeen,
            ["events stored"] = await checker.CountAsync("events"),
            ["events published"] = told.Published.Count,
            ["dead letters"] = await checker.CountAsync("dlq_messages"),
            ["streams followed"] = told.Streams.Count,
            ["notifications"] = await checker.CountAsync("notifications"),
            ["replays"] = told.Replays.Count,
            ["MB after warm-up"] = Math.Round(memory.AfterWarmUp),
            ["MB at the end"] = Math.Round(memory.AtTheEnd),
            ["MB allowed"] = Math.Round(memory.Bound),
        };
        if (memory.AtTheEnd > memory.Bound)
            violations.Add($"the steady process has grown from {memory.AfterWarmUp:0} MB to {memory.AtTheEnd:0} MB, allowed are {memory.Bound:0} MB");
        violations.AddRange(scripts.RanTwice.Select(twice => $"ran twice: {twice}"));
        violations.AddRange(await EndAsync(fleet, scripts));
        Print(seed, duration, figures, told.Counts, violations);
        return violations.Count == 0 ? 0 : 1;
    }

    private static async Task LoadAsync(SoakFleet fleet, SoakLedger told, string mark, int seed, SoakMemory memory, TimeSpan duration, CancellationToken ct)
    {
        using var load = new SoakLoad(fleet, told, mark, seed);
        await load.PrepareAsync();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        over.CancelAfter(duration);
        Task[] all = [load.RunAsync(over.Token), fleet.KillAsync(new Random(seed), over.Token), memory.WatchAsync(over.Token)];
        if (await Task.WhenAny(all) is { IsFaulted: true })
            await over.CancelAsync();
        await Task.WhenAll(all);
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Stops the nodes in order and looks what they have left running.</summary>
    private static async Task<List<string>> EndAsync(SoakFleet fleet, ProcessWatch scripts)
    {
        List<string> violations = [];
        await fleet.Victim.UntilReadyAsync();
        foreach (var node in new[] { fleet.Victim, fleet.Steady })
        {
            if (await node.StopAsync() is { } wrong)
                violations.Add(wrong);
        }

        using var limit = new CancellationTokenSource(Dying);
        while ((scripts.Alive().Count > 0 || Of(fleet.Folder).Count > 0) && !limit.IsCancellationRequested)
            await Task.Delay(100, CancellationToken.None);
        violations.AddRange(scripts.Alive().Concat(Of(fleet.Folder)).Select(process => $"left running: {process}"));
        return violations;
    }

    /// <summary>Processes that have something of the fleet's folder among their arguments.</summary>
    private static List<string> Of(string folder)
    {
        List<string> found = [];
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(directory, "cmdline")).Contains(folder, StringComparison.Ordinal))
                    found.Add(directory);
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        return found;
    }

    private static (TimeSpan Duration, int Seed)? Read(string[] options)
    {
        var (minutes, seed, wrong) = (UsualMinutes, Environment.TickCount, false);
        for (var i = 0; i < options.Length && !wrong; i++)
        {
            if (options[i] == "--seed" && i + 1 < options.Length)
                wrong = !int.TryParse(options[++i], out seed);
            else
                wrong = !double.TryParse(options[i], out minutes) || minutes is < 0.5 or > 1440;
        }

        if (!wrong)
            return (TimeSpan.FromMinutes(minutes), seed);
        Console.Error.WriteLine("bench soak [minutes] [--seed N]");
        return null;
    }

    private static void Print(int seed, TimeSpan duration, Dictionary<string, object> figures, IReadOnlyDictionary<string, int> counts, List<string> violations)
    {
        foreach (var (name, value) in counts.OrderBy(count => count.Key, StringComparer.Ordinal))
            figures[name] = value;
        foreach (var (name, value) in figures)
            Console.WriteLine($"{name,-24} {value}");
        Console.WriteLine($"{"violations",-24} {violations.Count}");
        violations.ForEach(violation => Console.WriteLine($"  {violation}"));
        if (violations.Count > 0)
            Console.WriteLine($"  again with --seed {seed}");
        figures["violations"] = violations.Count;
        Console.WriteLine();
        Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, object> { ["bench"] = "soak", ["seed"] = seed, ["minutes"] = Math.Round(duration.TotalMinutes, 1), ["figures"] = figures }));
    }
}
