using Platform.Builds;

namespace Platform.Functions.Builds;

/// <summary>Keeps what builds leave for as long as it was promised.</summary>
public sealed class TimerDeleteExpiredBuilds(BuildSweep sweep)
{
    /// <summary>Delete expired artifacts, snapshots and builds.</summary>
    [Function("Timer_DeleteExpiredBuilds")]
    public Task RunAsync([TimerTrigger("0 */10 * * * *")] TimerInfo timer, CancellationToken ct) => sweep.DeleteExpiredAsync(ct);
}
