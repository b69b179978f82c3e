using Platform.Data;
using Platform.Identity;
using Platform.Notifications;

namespace Platform.UserSettings;

/// <summary>Reads what a user wants to be told of from his settings.</summary>
internal sealed class UserNotificationPreferences(UserSettingsQueries settings, PlatformDbContext db) : INotificationPreferences
{
    public async ValueTask<NotificationPreferences> ReadAsync(Guid userId, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);   // the caller tells somebody else
        return (await settings.FindAsync(userId, ct))?.Settings.Notifications ?? new NotificationPreferences();
    }
}
