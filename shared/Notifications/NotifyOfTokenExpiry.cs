using System.Text.Json;
using Platform.Events;

namespace Platform.Notifications;

/// <summary>Tells a user in the app that one of his access tokens will end.</summary>
public sealed class NotifyOfTokenExpiry(NotificationFanOut notifications) : IEventHandler
{
    public const string EventType = "token.expiring";

    public async Task HandleAsync(PlatformEvent stored, CancellationToken ct)
    {
        if (stored is not { UserId: { } userId, OrganizationId: { } organizationId })
            return;

        var payload = stored.ReadPayload<JsonElement>();
        var days = payload.GetProperty("days").GetInt32();
        var severity = days > 1 ? NotificationSeverity.Medium : NotificationSeverity.High;
        var subject = $"Access token expires in {(days == 1 ? "1 day" : $"{days} days")}";
        var body = $"Your access token \"{payload.GetProperty("name").GetString()}\" expires at {payload.GetProperty("expires_at").GetString()}.";
        var told = new Notice(userId, organizationId, NotificationType.SecurityAlert, severity, subject, body)
        {
            Tags = ["token", "entity:token", $"event:{EventType}"],
            RelatedEntityId = stored.AggregateId,
            RelatedEntityType = "token",
        };
        await notifications.AddAsync(told, NoticeCause.Of(stored), ct);
    }
}
