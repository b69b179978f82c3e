using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;
using Platform.Organizations;

namespace Platform.Notifications;

/// <summary>
/// Tells that most of a day's quota is used: a user of his own, owners and admins of an organization of its quota, and of a project's together with those who
/// administer it.
/// </summary>
public sealed class NotifyOfQuota(PlatformDbContext db, NotificationFanOut notifications, TimeProvider clock) : IEventHandler
{
    public const string EventType = "quota.soft_limit_reached";

    public async Task HandleAsync(PlatformEvent stored, CancellationToken ct)
    {
        if (stored.OrganizationId is not { } organizationId)
            return;
        var payload = stored.ReadPayload<JsonElement>();
        var (kind, id) = (payload.GetProperty("subject_type").GetString()!, payload.GetProperty("subject_id").GetGuid());
        var (whose, readers) = kind switch
        {
            "user" => ("Your", [id]),
            "project" => ($"Project {await ProjectNameAsync(id, ct)}:", await ProjectAdminsAsync(organizationId, id, ct)),
            _ => ($"Organization {await OrganizationNameAsync(id, ct)}:", await AdminsOf(id).ToListAsync(ct)),
        };
        foreach (var reader in readers)
            await notifications.AddAsync(NoticeOf(payload, whose, reader, organizationId, kind, id), NoticeCause.Of(stored), ct);
    }

    private static Notice NoticeOf(JsonElement payload, string whose, Guid reader, Guid organizationId, string kind, Guid id)
    {
        var (limit, used) = (payload.GetProperty("limit").GetInt64(), payload.GetProperty("current_usage").GetDouble());
        var what = payload.GetProperty("quota_type").GetString()!.Replace('_', ' ');
        var percent = limit == 0 ? 100 : (int)Math.Floor(used / limit * 100);
        var figures = string.Create(CultureInfo.InvariantCulture, $"{used:0.##} of {limit}");
        return new(
            reader,
            organizationId,
            NotificationType.QuotaWarning,
            used >= limit ? NotificationSeverity.High : NotificationSeverity.Medium,
            $"{whose} daily quota of {what}: {percent} % used",
            $"{figures} {what} are used today. When all are used, new executions are refused until 00:00 UTC.")
        {
            Tags = ["quota", $"entity:{kind}", $"quota:{payload.GetProperty("quota_type").GetString()}"],
            RelatedEntityId = id.ToString(),
            RelatedEntityType = kind,
        };
    }

    private IQueryable<Guid> AdminsOf(Guid organizationId) => db.Memberships
        .Where(member => member.OrganizationId == organizationId && (member.Role == OrganizationRole.Owner || member.Role == OrganizationRole.Admin)).Select(member => member.UserId);

    private async Task<List<Guid>> ProjectAdminsAsync(Guid organizationId, Guid projectId, CancellationToken ct)
    {
        var (role, now) = (BuiltInRoles.For(ProjectRole.ProjectAdmin).Id, clock.GetUtcNow());
        var granted = db.RoleAssignments.Where(row => row.ProjectId == projectId && row.RoleId == role && (row.ExpiresAt == null || row.ExpiresAt > now)).Select(row => row.UserId);
        return await AdminsOf(organizationId).Union(granted).ToListAsync(ct);
    }

    private Task<string?> ProjectNameAsync(Guid id, CancellationToken ct) => db.Projects.Where(project => project.Id == id).Select(project => project.Name).SingleOrDefaultAsync(ct);

    private Task<string?> OrganizationNameAsync(Guid id, CancellationToken ct) =>
        db.Organizations.Where(organization => organization.Id == id).Select(organization => organization.Name).SingleOrDefaultAsync(ct);
}
