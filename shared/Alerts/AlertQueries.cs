using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.Alerts;

/// <summary>Finds and lists alerts.</summary>
public sealed class AlertQueries(PlatformDbContext db, TimeProvider clock)
{
    /// <summary>The alert, if it is one of the active organization (404 before) and the caller has the permission in its project (403).</summary>
    public async Task<Result<AlertRule>> FindAsync(Guid id, string permission, CancellationToken ct)
    {
        if (await db.AlertRules.SingleOrDefaultAsync(alert => alert.Id == id, ct) is not { } found)
            return AlertErrors.NotFound;
        return db.Caller.CanIn(found.ProjectId, permission) ? found : PermissionErrors.Missing(db.Caller, permission);
    }

    /// <summary>An alert's incidents, the newest first.</summary>
    public async Task<IReadOnlyList<AlertIncident>> IncidentsAsync(Guid alertId, int most, CancellationToken ct) =>
        await db.AlertIncidents.AsNoTracking().Where(incident => incident.AlertId == alertId).OrderByDescending(incident => incident.OpenedAt).ThenByDescending(incident => incident.Id).Take(most).ToListAsync(ct);

    /// <summary>A project has few alerts: labels and order are worked out here.</summary>
    public async Task<Page<AlertRule>> ListAsync(AlertFilter filter, int limit, int offset, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var rows = db.AlertRules.AsNoTracking();
        if (filter.ProjectId is { } project)
            rows = rows.Where(alert => alert.ProjectId == project);
        if (filter.States.Count > 0)
            rows = rows.Where(alert => filter.States.Contains(alert.State));
        if (filter.Severities.Count > 0)
            rows = rows.Where(alert => filter.Severities.Contains(alert.Severity));
        if (filter.Enabled is { } enabled)
            rows = rows.Where(alert => alert.Enabled == enabled);
        var found = await rows.ToListAsync(ct);
        found.RemoveAll(alert => (filter.Muted is { } muted && alert.IsMuted(now) != muted) || !HasText(alert, filter.Text) || !HasLabels(alert, filter.Labels));
        return new Page<AlertRule>([.. Sorted(found, filter).Skip(offset).Take(limit)], found.Count, limit, offset);
    }

    private static bool HasText(AlertRule alert, string? text) =>
        text is null || alert.Name.Contains(text, StringComparison.OrdinalIgnoreCase) || alert.Description?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;

    private static bool HasLabels(AlertRule alert, IReadOnlyDictionary<string, IReadOnlyList<string>> labels) =>
        labels.All(label => alert.Labels.TryGetValue(label.Key, out var value) && label.Value.Contains(value));

    private static IEnumerable<AlertRule> Sorted(List<AlertRule> alerts, AlertFilter filter) => filter.Order switch
    {
        AlertOrder.Name => By(alerts, alert => alert.NameKey, filter.Descending, StringComparer.Ordinal),
        AlertOrder.Severity => By(alerts, alert => alert.Severity, filter.Descending),
        AlertOrder.StateSince => By(alerts, alert => alert.StateSince, filter.Descending),
        AlertOrder.CreatedAt => By(alerts, alert => alert.CreatedAt, filter.Descending),
        _ => alerts.OrderByDescending(alert => alert.State == AlertRuleState.Firing).ThenByDescending(alert => alert.Severity)
            .ThenByDescending(alert => alert.CreatedAt).ThenByDescending(alert => alert.Id),
    };

    private static IEnumerable<AlertRule> By<T>(List<AlertRule> alerts, Func<AlertRule, T> key, bool descending, IComparer<T>? comparer = null) => descending
        ? alerts.OrderByDescending(key, comparer).ThenByDescending(alert => alert.CreatedAt).ThenByDescending(alert => alert.Id)
        : alerts.OrderBy(key, comparer).ThenByDescending(alert => alert.CreatedAt).ThenByDescending(alert => alert.Id);
}
