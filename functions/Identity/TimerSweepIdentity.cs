namespace Platform.Functions.Identity;

/// <summary>Keeps the tables of sign-in small.</summary>
public sealed class TimerSweepIdentity(IdentitySweep sweep)
{
    /// <summary>Delete sessions past their retention, outdated counts of failed sign-ins and links of old mails.</summary>
    [Function("Timer_SweepIdentity")]
    public async Task RunAsync([TimerTrigger("0 30 3 * * *")] TimerInfo timer, CancellationToken ct)
    {
        await sweep.DeleteEndedSessionsAsync(ct);
        await sweep.DeleteOldFailuresAsync(ct);
        await sweep.DeleteOldEmailTokensAsync(ct);
    }
}
