using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;
using Platform.Organizations;

namespace Platform.Notifications;

/// <summary>Tells of a project's alert: whoever made it, as long as he is a member, owners and admins of the organization and those who administer the project.</summary>
public sealed class NotifyOfAlert(PlatformDbContext db, NotificationFanOut notifications, TimeProvider clock) : IEventHandler
{
    public const string EventType = "alert.notification_due";

    private const int MaxSubject = 200;

    public async Task HandleAsync(PlatformEvent stored, CancellationToken ct)
    {
        if (stored is not { OrganizationId: { } organizationId, ProjectId: { } projectId })
            return;
        var payload = stored.ReadPayload<JsonElement>();
        var project = await db.Projects.Where(found => found.Id == projectId).Select(found => found.Name).SingleOrDefaultAsync(ct);
        foreach (var reader in await ReadersAsync(organizationId, projectId, payload, ct))
            await notifications.AddAsync(NoticeOf(payload, project ?? "", reader, organizationId) with { ActionUrl = $"/console/projects/{projectId}/alerts/{Text(payload, "alert_id")}" }, NoticeCause.Of(stored), ct);
    }

    private async Task<List<Guid>> ReadersAsync(Guid organizationId, Guid projectId, JsonElement payload, CancellationToken ct)
    {
        var maker = payload.TryGetProperty("created_by", out var by) && by.ValueKind == JsonValueKind.String ? by.GetGuid() : Guid.Empty;
        var (role, now) = (BuiltInRoles.For(ProjectRole.ProjectAdmin).Id, clock.GetUtcNow());
        var members = db.Memberships.Where(member => member.OrganizationId == organizationId);
        return await members.Where(member => member.Role == OrganizationRole.Owner || member.Role == OrganizationRole.Admin || member.UserId == maker
                || db.RoleAssignments.Any(row => row.UserId == member.UserId && row.ProjectId == projectId && row.RoleId == role && (row.ExpiresAt == null || row.ExpiresAt > now)))
            .Select(member => member.UserId).ToListAsync(ct);
    }

    private static Notice NoticeOf(JsonElement payload, string project, Guid reader, Guid organizationId)
    {
        var (id, name, message, severity) = (Text(payload, "alert_id")!, Text(payload, "name")!, Text(payload, "message")!, Text(payload, "severity")!);
        var value = payload.TryGetProperty("value", out var number) && number.ValueKind == JsonValueKind.Number ? number.GetDouble().ToString("R", CultureInfo.InvariantCulture) : "unknown";
        var lines = new List<string> { $"Project: {project}", $"Severity: {severity}", $"Condition: {Text(payload, "expression")}", $"Value: {value}", $"Since: {Text(payload, "since")}" };
        if (Text(payload, "runbook_url") is { } runbook)
            lines.Add($"Runbook: {runbook}");
        return new Notice(reader, organizationId, NotificationType.SystemAlert, SeverityOf(message, severity), Excerpt.Of($"{SubjectOf(message)}: {name}", MaxSubject), string.Join('\n', lines))
        {
            Tags = ["alert", "entity:alert", $"alert:{id}", message],
            RelatedEntityId = id,
            RelatedEntityType = "alert",
            IsAlert = true,
        };
    }

    private static string SubjectOf(string message) => message switch
    {
        "firing" => "🚨 Alert",
        "resolved" => "✅ Resolved",
        _ => "❔ No data",
    };

    private static NotificationSeverity SeverityOf(string message, string severity) => (message, severity) switch
    {
        ("resolved", _) or (_, "info") => NotificationSeverity.Low,
        (_, "critical") => NotificationSeverity.High,
        _ => NotificationSeverity.Medium,
    };

    private static string? Text(JsonElement payload, string name) => payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
