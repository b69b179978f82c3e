using Platform.Identity.OAuth;

namespace Platform.Functions.Identity;

/// <summary>Keeps the table of sign-in flows small.</summary>
public sealed class TimerSweepOAuth(OAuthSweep sweep)
{
    /// <summary>Delete flows whose time is over.</summary>
    [Function("Timer_SweepOAuth")]
    public Task RunAsync([TimerTrigger("0 20 * * * *")] TimerInfo timer, CancellationToken ct) => sweep.DeleteExpiredFlowsAsync(ct);
}
