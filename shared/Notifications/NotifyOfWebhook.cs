using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;
using Platform.Organizations;

namespace Platform.Notifications;

/// <summary>Tells owners and admins that the platform has switched off a webhook whose receiver takes nothing.</summary>
public sealed class NotifyOfWebhook(PlatformDbContext db, NotificationFanOut notifications) : IEventHandler
{
    public const string EventType = "webhook.disabled";

    public async Task HandleAsync(PlatformEvent stored, CancellationToken ct)
    {
        var payload = stored.ReadPayload<JsonElement>();
        if (stored.OrganizationId is not { } organizationId || payload.GetProperty("reason").GetString() is not { } reason || reason == "manual")
            return;
        var (id, name) = (payload.GetProperty("webhook_id").GetGuid(), payload.GetProperty("name").GetString());
        var why = reason == "gone" ? "Its receiver answered that it is gone (410)." : "Too many deliveries in a row used up all their attempts.";
        var readers = await db.Memberships
            .Where(member => member.OrganizationId == organizationId && (member.Role == OrganizationRole.Owner || member.Role == OrganizationRole.Admin))
            .OrderBy(member => member.UserId).Select(member => member.UserId).ToListAsync(ct);
        foreach (var reader in readers)
        {
            var told = new Notice(reader, organizationId, NotificationType.SystemAlert, NotificationSeverity.High, $"Webhook disabled: {name}", $"{why} Enable it again when the receiver works.")
            {
                Tags = ["webhook", "entity:webhook", $"event:{EventType}"],
                RelatedEntityId = id.ToString(),
                RelatedEntityType = "webhook",
            };
            await notifications.AddAsync(told, NoticeCause.Of(stored), ct);
        }
    }
}
