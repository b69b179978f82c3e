using System.Globalization;

namespace Platform.Benchmarks;

/// <summary>Looks ten times a second how much memory a process has (resident set), from its start to its disposal.</summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly int _processId;
    private readonly double _before;
    private readonly Task _watching;
    private double _most;

    public MemoryWatch(int processId)
    {
        _processId = processId;
        _before = _most = MegabytesOf(processId);
        _watching = WatchAsync();
    }

    /// <summary>The most that it had more than at the beginning.</summary>
    public double MostMegabytesMore => _most - _before;

    public static double MegabytesOf(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        using var pace = new PeriodicTimer(Pace);
        try
        {
            while (await pace.WaitForNextTickAsync(_stop.Token))
                _most = Math.Max(_most, MegabytesOf(_processId));
        }
        catch (OperationCanceledException)
        {
            // The watch is over.
        }
    }
}
