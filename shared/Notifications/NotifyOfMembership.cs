using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;
using Platform.Organizations;

namespace Platform.Notifications;

/// <summary>Tells a member in the app that others changed his rights or removed him, and owners that somebody joined.</summary>
public sealed class NotifyOfMembership(PlatformDbContext db, NotificationFanOut notifications) : IEventHandler
{
    public static readonly IReadOnlyList<string> EventTypes = ["team.member.added", "team.member.updated", "team.member.removed"];

    public async Task HandleAsync(PlatformEvent stored, CancellationToken ct)
    {
        if (stored.OrganizationId is not { } organizationId)
            return;
        var payload = stored.ReadPayload<JsonElement>();
        var userId = payload.GetProperty("user_id").GetGuid();
        var actorId = payload.GetProperty("actor_id") is { ValueKind: JsonValueKind.String } actor ? actor.GetGuid() : (Guid?)null;
        if (stored.EventType == "team.member.added")
            await TellOwnersAsync(stored, organizationId, userId, payload, ct);
        else if (userId != actorId)
            await notifications.AddAsync(ChangeOf(stored.EventType, userId, organizationId, payload), NoticeCause.Of(stored), ct);
    }

    private async Task TellOwnersAsync(PlatformEvent stored, Guid organizationId, Guid userId, JsonElement payload, CancellationToken ct)
    {
        var name = await db.Organizations.Where(organization => organization.Id == organizationId).Select(organization => organization.Name).SingleOrDefaultAsync(ct);
        var joined = await db.Users.Where(user => user.Id == userId).Select(user => user.DisplayName).SingleOrDefaultAsync(ct);
        var owners = await db.Memberships.Where(member => member.OrganizationId == organizationId && member.Role == OrganizationRole.Owner && member.UserId != userId)
            .Select(member => member.UserId).ToListAsync(ct);
        foreach (var owner in owners)
        {
            var body = $"{joined} joined {name} as {payload.GetProperty("role").GetString()}.";
            await notifications.AddAsync(About(owner, organizationId, $"New member of {name}", body), NoticeCause.Of(stored), ct);
        }
    }

    private static Notice ChangeOf(string eventType, Guid userId, Guid organizationId, JsonElement payload)
    {
        var name = payload.GetProperty("organization_name").GetString();
        var role = payload.TryGetProperty("assigned_role", out var assigned) && assigned.ValueKind == JsonValueKind.String ? assigned.GetString() : payload.GetProperty("role").GetString();
        return eventType == "team.member.removed"
            ? About(userId, organizationId, $"Removed from {name}", $"You are no longer a member of {name}.")
            : About(userId, organizationId, $"Your access to {name} changed", $"Your role in {name} is {role}.");
    }

    private static Notice About(Guid userId, Guid organizationId, string subject, string body) =>
        new(userId, organizationId, NotificationType.AccountUpdate, NotificationSeverity.Medium, subject, body)
        {
            Tags = ["account", "entity:organization", $"organization:{organizationId}"],
            RelatedEntityId = organizationId.ToString(),
            RelatedEntityType = "organization",
        };
}
