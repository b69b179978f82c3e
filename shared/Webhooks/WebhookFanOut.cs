using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;

namespace Platform.Webhooks;

/// <summary>Makes a delivery for each enabled webhook that an event concerns: of its organization, and of its project or of all.</summary>
public sealed class WebhookFanOut(PlatformDbContext db, DeliveryBacklog backlog, TimeProvider clock) : IEventHandler
{
    public async Task HandleAsync(PlatformEvent stored, CancellationToken ct)
    {
        if (stored.OrganizationId is not { } organization || PublicEvents.OfStored(stored.EventType, stored.ServiceName) is not { } entry)
            return;
        var payload = stored.ReadPayload<JsonElement>();
        var webhooks = await FindAsync(stored, organization, entry, payload, ct);
        if (webhooks.Count == 0)
            return;
        var data = await WithMemberAsync(entry, PublicData.Of(entry, payload), payload, ct);
        var message = WebhookMessage.Of(stored.EventId, entry.Type, stored.Timestamp, organization, stored.ProjectId, data);
        foreach (var webhook in webhooks)
            await AddAsync(webhook, entry, message, ct);
    }

    private async Task<List<Webhook>> FindAsync(PlatformEvent stored, Guid organization, PublicEvent entry, JsonElement payload, CancellationToken ct)
    {
        var active = await db.Webhooks.AsNoTracking()
            .Where(webhook => webhook.OrganizationId == organization && webhook.Status == WebhookStatus.Active && webhook.AfterSequence < stored.Sequence
                && (webhook.ProjectId == null || webhook.ProjectId == stored.ProjectId))
            .Where(webhook => !db.WebhookDeliveries.Any(delivery => delivery.EventId == stored.EventId && delivery.WebhookId == webhook.Id)) // a repetition
            .OrderBy(webhook => webhook.Id).ToListAsync(ct);
        active.RemoveAll(webhook => !PublicEvents.Matches(webhook.Events, entry.Type));
        if (entry.Type == WebhookDisabled.TypeName && payload.TryGetProperty("webhook_id", out var own) && own.TryGetGuid(out var disabled))
            active.RemoveAll(webhook => webhook.Id == disabled);
        return active;
    }

    private async Task AddAsync(Webhook webhook, PublicEvent entry, WebhookMessage message, CancellationToken ct)
    {
        var delivery = db.Add(WebhookDelivery.Of(webhook, message.EventId, entry.Type, message.Body, clock.GetUtcNow())).Entity;
        if (await backlog.TryTakeAsync(db, webhook.Id, ct))
            return;
        db.Add(delivery.Record(new AttemptResult(clock.GetUtcNow(), 0, null, WebhookErrors.BacklogFull) { RequestHeaders = new Dictionary<string, string>() }));
        delivery.Fail();
    }

    // The event knows the member's ids only; receivers are told who that is.
    private async Task<JsonObject> WithMemberAsync(PublicEvent entry, JsonObject data, JsonElement payload, CancellationToken ct)
    {
        if (entry.Wrapper != "member" || data["member"] is not JsonObject member || !payload.TryGetProperty("user_id", out var user) || !user.TryGetGuid(out var userId))
            return data;
        member["email"] = await db.Users.Where(found => found.Id == userId).Select(found => found.Email).SingleOrDefaultAsync(ct);
        if (member.Remove("actorId", out var actor))
            member["invitedBy"] = actor;
        return data;
    }
}
