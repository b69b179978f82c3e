using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Alerts;

/// <summary>Writes down what follows from a change of an alert: incidents and events, in the unit of work of the change.</summary>
public sealed class AlertJournal(PlatformDbContext db)
{
    public async Task WriteAsync(AlertRule alert, AlertStep step, AlertClosing closing, DateTimeOffset now, CancellationToken ct)
    {
        if (step.Opens)
            Open(alert, now);
        if ((step.Closes || step.LosesData) && await db.AlertIncidents.SingleOrDefaultAsync(incident => incident.Id == alert.IncidentId, ct) is { } open)
        {
            open.LostData |= step.LosesData;
            if (step.Closes)
                Close(alert, open, closing, now);
        }

        if (step.Closes)
            alert.IncidentId = null;
        if (step.Message is { } message)
            db.Raise(new AlertNotificationDue(alert.Id, message, alert.Name, alert.Severity, alert.Expression, alert.LastValue, SinceOf(alert), alert.RunbookUrl, alert.CreatedBy)
            {
                OrganizationId = alert.OrganizationId,
                ProjectId = alert.ProjectId,
            });
    }

    private void Open(AlertRule alert, DateTimeOffset now)
    {
        var incident = new AlertIncident
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = alert.OrganizationId,
            ProjectId = alert.ProjectId,
            AlertId = alert.Id,
            OpenedAt = now,
            Value = alert.LastValue,
            Expression = alert.Expression,
        };
        db.Add(incident);
        alert.IncidentId = incident.Id;
        db.Raise(new AlertTriggered(alert.Id, incident.Id, alert.Name, alert.Severity, incident.Value, incident.Expression) { OrganizationId = alert.OrganizationId, ProjectId = alert.ProjectId });
    }

    private void Close(AlertRule alert, AlertIncident incident, AlertClosing closing, DateTimeOffset now)
    {
        incident.Close(closing, now);
        db.Raise(new AlertResolved(alert.Id, incident.Id, alert.Name, alert.Severity, incident.ClosedBy!, closing.Reason) { OrganizationId = alert.OrganizationId, ProjectId = alert.ProjectId });
    }

    private static DateTimeOffset SinceOf(AlertRule alert) => alert.FiringSince ?? alert.StateSince;
}
