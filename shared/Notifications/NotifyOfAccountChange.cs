using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;

namespace Platform.Notifications;

/// <summary>Tells a user in the app that his password, address or second factor was changed.</summary>
public sealed class NotifyOfAccountChange(PlatformDbContext db, NotificationFanOut notifications) : IEventHandler
{
    public const string EventType = "user_updated";

    private static readonly Dictionary<string, string> Subjects = new(StringComparer.Ordinal)
    {
        ["password"] = "Your password was changed",
        ["email"] = "Your e-mail address was changed",
        ["two_factor"] = "Your two-factor authentication was changed",
    };

    public async Task HandleAsync(PlatformEvent stored, CancellationToken ct)
    {
        if (stored.UserId is not { } userId || SubjectOf(stored) is not { } subject)
            return;
        var personal = await db.Organizations.Where(organization => organization.PersonalUserId == userId).Select(organization => (Guid?)organization.Id).SingleOrDefaultAsync(ct);
        if (personal is not { } organizationId)
            return;   // the user is gone

        const string Advice = "If it was not you, set a new password at once and end your other sessions.";
        var told = new Notice(userId, organizationId, NotificationType.SecurityAlert, NotificationSeverity.Urgent, subject, Advice)
        {
            Tags = ["account", "entity:user", $"event:{EventType}"],
            RelatedEntityId = userId.ToString(),
            RelatedEntityType = "user",
        };
        await notifications.AddAsync(told, NoticeCause.Of(stored), ct);
    }

    private static string? SubjectOf(PlatformEvent stored) => stored.ReadPayload<JsonElement>().GetProperty("updated_fields").EnumerateArray()
        .Select(field => Subjects.GetValueOrDefault(field.GetString() ?? "")).FirstOrDefault(subject => subject is not null);
}
