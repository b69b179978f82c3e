using Platform.Data;

namespace Platform.Alertmanager;

/// <summary>Forgets alerts of which nothing was heard for 30 days, most of them resolved.</summary>
public sealed class AlertSweep(ExpiredRows expired, TimeProvider clock)
{
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    /// <summary>Says how many there were.</summary>
    public Task<int> DeleteOldAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - Retention;
        return expired.DeleteAsync(db => db.AlertStates.Where(state => state.LastReceivedAt <= before).OrderBy(state => state.LastReceivedAt), ct);
    }
}
