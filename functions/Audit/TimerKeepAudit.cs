using Platform.Audit;
using Platform.Data;

namespace Platform.Functions.Audit;

/// <summary>Timers of the audit log.</summary>
public sealed class TimerKeepAudit(AuditChains chains, AuditRetention retention, DatabaseReady ready)
{
    /// <summary>Link entries whose process ended before it linked them.</summary>
    [Function("Timer_LinkAudit")]
    public async Task LinkAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken ct)
    {
        await ready.WaitAsync(ct);
        await chains.LinkAsync(ct);
    }

    /// <summary>Remove entries past their retention.</summary>
    [Function("Timer_SweepAudit")]
    public Task SweepAsync([TimerTrigger("0 15 3 * * *")] TimerInfo timer, CancellationToken ct) => retention.RunAsync(ct);
}
