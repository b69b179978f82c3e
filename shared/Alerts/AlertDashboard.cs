using Microsoft.EntityFrameworkCore;
using Platform.Dashboards;
using Platform.Data;
using Platform.Identity;

namespace Platform.Alerts;

/// <summary>Alerts of the project as they stand.</summary>
/// <param name="BySeverity">All of them.</param>
/// <param name="Incidents">Opened within the period.</param>
/// <param name="Recent">The newest five incidents, of any time.</param>
/// <param name="DeltaPct">Change against the period before, by figure.</param>
public sealed record AlertFigures(
    int Total,
    int Firing,
    int Pending,
    int NoData,
    int Muted,
    IReadOnlyDictionary<string, int> BySeverity,
    int Incidents,
    IReadOnlyList<RecentIncident> Recent,
    IReadOnlyDictionary<string, double?> DeltaPct);

public sealed record RecentIncident(Guid Id, Guid AlertId, string AlertName, AlertSeverity Severity, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, double? Value);

/// <summary>The dashboard's part <c>alerts</c>.</summary>
public sealed class AlertDashboard(PlatformDbContext db, TimeProvider clock) : IDashboardPart
{
    private const int MostRecent = 5;

    public string Name => "alerts";

    public string Permission => Permissions.AlertsRead;

    public async Task<Result<object>> ReadAsync(DashboardRange range, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var alerts = await db.AlertRules.AsNoTracking().Where(alert => alert.ProjectId == range.ProjectId).ToListAsync(ct);
        var (current, former) = (await OpenedAsync(range.ProjectId, range.From, range.To, ct), await OpenedAsync(range.ProjectId, range.PreviousFrom, range.From, ct));
        return new AlertFigures(
            alerts.Count,
            alerts.Count(alert => alert.State == AlertRuleState.Firing),
            alerts.Count(alert => alert.State == AlertRuleState.Pending),
            alerts.Count(alert => alert.State == AlertRuleState.NoData),
            alerts.Count(alert => alert.IsMuted(now)),
            Enum.GetValues<AlertSeverity>().ToDictionary(EnumWords<AlertSeverity>.ToWord, severity => alerts.Count(alert => alert.Severity == severity)),
            current,
            await RecentAsync(alerts, range.ProjectId, ct),
            new Dictionary<string, double?> { ["incidents"] = Delta.Pct(current, former) });
    }

    private Task<int> OpenedAsync(Guid projectId, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        db.AlertIncidents.CountAsync(incident => incident.ProjectId == projectId && incident.OpenedAt >= from && incident.OpenedAt < to, ct);

    private async Task<IReadOnlyList<RecentIncident>> RecentAsync(List<AlertRule> alerts, Guid projectId, CancellationToken ct)
    {
        var ids = alerts.ConvertAll(alert => alert.Id);
        var rows = await db.AlertIncidents.AsNoTracking().Where(incident => incident.ProjectId == projectId && ids.Contains(incident.AlertId))
            .OrderByDescending(incident => incident.OpenedAt).ThenByDescending(incident => incident.Id).Take(MostRecent).ToListAsync(ct);
        return rows.ConvertAll(row => (Row: row, Alert: alerts.Find(alert => alert.Id == row.AlertId)!))
            .ConvertAll(pair => new RecentIncident(pair.Row.Id, pair.Alert.Id, pair.Alert.Name, pair.Alert.Severity, pair.Row.OpenedAt, pair.Row.ClosedAt, pair.Row.Value));
    }
}
