using System.Globalization;

namespace Platform.Notifications;

/// <summary>The hours of a user's day in which nothing but the urgent is sent to him. They may span midnight.</summary>
internal static class QuietHours
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(15);

    /// <summary>When the quiet hours end that <paramref name="now"/> falls into; null outside them.</summary>
    public static DateTimeOffset? EndAt(NotificationSubscription subscription, DateTimeOffset now)
    {
        if (!subscription.QuietHoursEnabled || !TryTime(subscription.QuietHoursStart, out var start) || !TryTime(subscription.QuietHoursEnd, out var end) || start == end)
            return null;
        var zone = Zones.Find(subscription.Timezone);
        var local = TimeZoneInfo.ConvertTime(now, zone).DateTime;
        var (time, today) = (TimeOnly.FromDateTime(local), DateOnly.FromDateTime(local));
        if (start < end)
            return time >= start && time < end ? ToInstant(today, end, zone) : null;
        if (time >= start)
            return ToInstant(today.AddDays(1), end, zone);
        return time < end ? ToInstant(today, end, zone) : null;
    }

    // A time that the clocks skip begins with the first one that they show; of one that they show twice the later counts.
    private static DateTimeOffset ToInstant(DateOnly date, TimeOnly time, TimeZoneInfo zone)
    {
        var local = date.ToDateTime(time);
        while (zone.IsInvalidTime(local))
            local += Step;
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Min() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    private static bool TryTime(string? text, out TimeOnly time) => TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}
