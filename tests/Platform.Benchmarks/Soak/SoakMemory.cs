using System.Diagnostics;

namespace Platform.Benchmarks.Soak;

/// <summary>
/// Whether a process under steady load goes on growing: the median of its resident set in the last fifth of the time against that after the warm-up, which is the first two fifths. It may have
/// become larger by a quarter and 40 MB, which a garbage-collected heap takes and gives back.
/// </summary>
internal sealed class SoakMemory(int processId, TimeSpan duration)
{
    private const double Factor = 1.25;
    private const double Megabytes = 40;

    private readonly List<double> _afterWarmUp = [];
    private readonly List<double> _atTheEnd = [];

    public double AfterWarmUp => _afterWarmUp.Count == 0 ? 0 : Report.Median(_afterWarmUp);

    public double AtTheEnd => _atTheEnd.Count == 0 ? 0 : Report.Median(_atTheEnd);

    public double Bound => (AfterWarmUp * Factor) + Megabytes;

    public async Task WatchAsync(CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        try
        {
            while (await pace.WaitForNextTickAsync(ct))
            {
                var part = Stopwatch.GetElapsedTime(started) / duration;
                if (part is >= 0.4 and < 0.6)
                    _afterWarmUp.Add(MemoryWatch.MegabytesOf(processId));
                else if (part >= 0.8)
                    _atTheEnd.Add(MemoryWatch.MegabytesOf(processId));
            }
        }
        catch (OperationCanceledException)
        {
            // The load is over.
        }
    }
}
