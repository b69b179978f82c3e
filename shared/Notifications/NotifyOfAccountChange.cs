using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;

namespace Platform.Notifications;

/// <summary>Tells a user that his password, address or second factor was changed, or that an operator acts as him.</summary>
public sealed class NotifyOfAccountChange(PlatformDbContext db, NotificationFanOut notifications) : IEventHandler
{
    public static readonly IReadOnlyList<string> EventTypes = [Changed, Impersonated];

    private const string Changed = "user_updated";
    private const string Impersonated = "impersonation.started";

    private static readonly Dictionary<string, string> Subjects = new(StringComparer.Ordinal)
    {
        ["password"] = "Your password was changed",
        ["email"] = "Your e-mail address was changed",
        ["two_factor"] = "Your two-factor authentication was changed",
    };

    public async Task HandleAsync(PlatformEvent stored, CancellationToken ct)
    {
        if (stored.UserId is not { } userId || TextOf(stored) is not var (subject, body))
            return;
        var personal = await db.Organizations.Where(organization => organization.PersonalUserId == userId).Select(organization => (Guid?)organization.Id).SingleOrDefaultAsync(ct);
        if (personal is not { } organizationId)
            return;   // the user is gone

        var told = new Notice(userId, organizationId, NotificationType.SecurityAlert, NotificationSeverity.Urgent, subject, body)
        {
            Tags = ["account", "entity:user", $"event:{stored.EventType}"],
            RelatedEntityId = userId.ToString(),
            RelatedEntityType = "user",
        };
        await notifications.AddAsync(told, NoticeCause.Of(stored), ct);
    }

    private static (string Subject, string Body)? TextOf(PlatformEvent stored)
    {
        var payload = stored.ReadPayload<JsonElement>();
        if (stored.EventType == Impersonated)
            return ("An operator acts as you", $"An operator of the platform acts with your account until {payload.GetProperty("ends_at").GetString()} at the latest. The audit log says what he does.");
        var changed = payload.GetProperty("updated_fields").EnumerateArray().Select(field => Subjects.GetValueOrDefault(field.GetString() ?? "")).FirstOrDefault(subject => subject is not null);
        return changed is null ? null : (changed, "If it was not you, set a new password at once and end your other sessions.");
    }
}
