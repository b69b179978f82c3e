using Platform.Quotas;

namespace Platform.Functions.Quotas;

/// <summary>Keeps the tables of usage and quotas small.</summary>
public sealed class TimerSweepQuotas(QuotaSweep sweep)
{
    /// <summary>Delete use past its retention, notices of days that are over, limits of subjects that are gone.</summary>
    [Function("Timer_SweepQuotas")]
    public Task RunAsync([TimerTrigger("0 20 3 * * *")] TimerInfo timer, CancellationToken ct) => sweep.SweepAsync(ct);
}
