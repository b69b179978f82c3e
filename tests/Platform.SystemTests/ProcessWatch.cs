using System.Collections.Concurrent;
using System.Globalization;

namespace Platform.SystemTests;

/// <summary>
/// Watches which scripts run on this machine. An execution is told apart by the mark among its arguments and its EXECUTION_ID (an execution that was asked for again has the
/// arguments of the first), a process by its id and start time, so that a second run of the same execution shows as a second process.
/// </summary>
internal sealed class ProcessWatch : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, byte>> _seen = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _prefix;
    private readonly Task _watching;

    public ProcessWatch(string prefix)
    {
        _prefix = prefix;
        _watching = Task.Run(WatchAsync);
    }

    public int ScriptsSeen => _seen.Count;

    /// <summary>Marks of executions that ran in more than one process.</summary>
    public IReadOnlyList<string> RanTwice => [.. _seen.Where(s => s.Value.Count > 1).Select(s => $"{s.Key}: {string.Join(", ", s.Value.Keys)}")];

    /// <summary>Every process of the sandbox or a script that carries a mark at this moment.</summary>
    public IReadOnlyList<string> Alive() => [.. Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])).Where(d => MarkOf(d, out _) is not null)];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (var directory in Directory.EnumerateDirectories("/proc"))
            {
                if (char.IsAsciiDigit(Path.GetFileName(directory)[0]) && MarkOf(directory, out var program) is { } mark && program.Contains("python", StringComparison.Ordinal)
                    && ExecutionOf(directory) is { } execution && StartTime(directory) is { } start)
                    _seen.GetOrAdd($"{mark} of {execution}", _ => new()).TryAdd($"{Path.GetFileName(directory)}@{start}", 0);
            }

            await Task.Delay(10);
        }
    }

    private string? MarkOf(string directory, out string program)
    {
        program = "";
        try
        {
            var arguments = File.ReadAllText(Path.Combine(directory, "cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries);
            program = arguments.Length > 0 ? Path.GetFileName(arguments[0]) : "";
            return Array.Find(arguments, a => a.StartsWith(_prefix, StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return null; // it ended meanwhile
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Empty when this process may not know, null when it has ended meanwhile.
    private static string? ExecutionOf(string directory)
    {
        try
        {
            const string name = "EXECUTION_ID=";
            var lines = File.ReadAllText(Path.Combine(directory, "environ")).Split('\0', StringSplitOptions.RemoveEmptyEntries);
            return lines.Length == 0 ? null : Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..] ?? "";
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }
        catch (IOException)
        {
            return null;
        }
    }

    // Null when it has ended meanwhile.
    private static long? StartTime(string directory)
    {
        try
        {
            var fields = File.ReadAllText(Path.Combine(directory, "stat"));
            return long.Parse(fields[(fields.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
