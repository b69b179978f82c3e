using Microsoft.Extensions.Options;
using Platform.Data;

namespace Platform.Alerts;

/// <summary>Deletes incidents that have been closed for long.</summary>
public sealed class IncidentSweep(ExpiredRows expired, IOptions<AlertOptions> options, TimeProvider clock)
{
    public Task<int> SweepAsync(CancellationToken ct)
    {
        var end = clock.GetUtcNow().AddDays(-options.Value.IncidentRetentionDays);
        return expired.DeleteAsync(db => db.AlertIncidents.Where(incident => incident.ClosedAt < end).OrderBy(incident => incident.ClosedAt).ThenBy(incident => incident.Id), ct);
    }
}
