using Platform.Builds;

namespace Platform.Functions.Builds;

/// <summary>Ends builds that nobody else ends.</summary>
public sealed class TimerWatchBuilds(BuildSweep sweep)
{
    /// <summary>Find builds whose run is lost or that waited too long, and folders that are left.</summary>
    [Function("Timer_WatchBuilds")]
    public Task RunAsync([TimerTrigger("*/30 * * * * *")] TimerInfo timer, CancellationToken ct) => sweep.WatchAsync(ct);
}
