namespace Platform.Functions.Identity;

/// <summary>Timers of access tokens.</summary>
public sealed class TimerTokens(TokenWarnings warnings, TokenSweep sweep)
{
    /// <summary>Tell users of tokens that end in a week or a day.</summary>
    [Function("Timer_WarnTokens")]
    public Task WarnAsync([TimerTrigger("0 7 * * * *")] TimerInfo timer, CancellationToken ct) => warnings.WarnAsync(ct);

    /// <summary>Delete tokens that ended long ago and old figures of use.</summary>
    [Function("Timer_SweepTokens")]
    public async Task SweepAsync([TimerTrigger("0 30 2 * * *")] TimerInfo timer, CancellationToken ct)
    {
        await sweep.DeleteEndedTokensAsync(ct);
        await sweep.DeleteOldUsageAsync(ct);
    }
}
