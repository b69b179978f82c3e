using System.Diagnostics;
using System.Globalization;
using Platform.Testing;

namespace Platform.Benchmarks;

/// <summary>Processes that are left alone, and the processor time that each of them takes all the same.</summary>
internal sealed class IdleProcesses : IAsyncDisposable
{
    private const double TicksPerSecond = 100; // of /proc/<pid>/stat on every Linux that .NET runs on

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bench-idle-");
    private readonly List<(string Name, int Id)> _measured = [];
    private readonly Stack<IAsyncDisposable> _owned = new();
    private BareProcess? _bare;

    public string Folder => _folder.FullName;

    public async Task AddPlatformAsync(string name, params (string Key, string Value)[] settings)
    {
        var platform = PlatformProcess.Start(BuiltFiles.FunctionApp, settings);
        _owned.Push(platform);
        using var http = new HttpClient { BaseAddress = platform.Url };
        await platform.WaitForAsync(http, "/health/readyz");
        _measured.Add((name, platform.Id));
    }

    public async Task AddEngineAsync(string name, string provider, string connectionString)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [BuiltFiles.Self, "idle-engine", provider, connectionString]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        _owned.Push(new Child(process));
        if (await process.StandardOutput.ReadLineAsync() != IdleBench.Ready)
            throw new InvalidOperationException($"The engine on {provider} did not start.");
        _measured.Add((name, process.Id));
    }

    public async Task AddBareAsync()
    {
        _bare = await BareProcess.StartAsync();
        _owned.Push(_bare);
    }

    /// <summary>Per cent of one core, ours and the bare process's; the median of so many windows.</summary>
    public async Task<List<(string Name, double Percent, double Bare)>> MeasureAsync(int rounds, TimeSpan window)
    {
        var ids = _measured.Select(m => m.Id).Append(_bare!.Id).ToList();
        var figures = ids.ConvertAll(_ => new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            var before = ids.ConvertAll(ProcessorSeconds);
            await Task.Delay(window);
            var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
            for (var i = 0; i < ids.Count; i++)
                figures[i].Add((ProcessorSeconds(ids[i]) - before[i]) / elapsed * 100);
        }

        var medians = figures.ConvertAll(Report.Median);
        return [.. _measured.Select((m, i) => (m.Name, medians[i], medians[^1]))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned)
            await owned.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>User and system time of all threads, also of those that have ended.</summary>
    private static double ProcessorSeconds(int processId)
    {
        var text = File.ReadAllText($"/proc/{processId}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' '); // the name before may contain anything
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private sealed class Child(Process process) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
