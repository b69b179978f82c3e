using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;
using Platform.Organizations;

namespace Platform.Notifications;

/// <summary>Tells the owners of an organization that one of its domains, which was in use, is not verified any more.</summary>
public sealed class NotifyOfDomain(PlatformDbContext db, NotificationFanOut notifications) : IEventHandler
{
    public const string EventType = "domain.failed";

    public async Task HandleAsync(PlatformEvent stored, CancellationToken ct)
    {
        var payload = stored.ReadPayload<JsonElement>();
        if (stored.OrganizationId is not { } organizationId || !payload.GetProperty("was_verified").GetBoolean())
            return;
        var name = payload.GetProperty("name").GetString();
        var owners = await db.Memberships.Where(member => member.OrganizationId == organizationId && member.Role == OrganizationRole.Owner)
            .OrderBy(member => member.UserId).Select(member => member.UserId).ToListAsync(ct);
        foreach (var owner in owners)
            await notifications.AddAsync(NoticeFor(owner), NoticeCause.Of(stored), ct);

        Notice NoticeFor(Guid owner) => new(
            owner,
            organizationId,
            NotificationType.SystemAlert,
            NotificationSeverity.High,
            $"Domain {name} is not verified any more",
            $"The TXT record that proves your ownership of {name} was not found ({payload.GetProperty("fault").GetString()}). Set it again and ask for a check.")
        {
            Tags = ["domain", "entity:domain", $"event:{EventType}"],
            RelatedEntityId = stored.AggregateId,
            RelatedEntityType = "domain",
        };
    }
}
