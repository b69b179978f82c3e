using System.Globalization;
using Platform.Notifications;

namespace Platform.Tests.Notifications;

public sealed class QuietHoursTests
{
    [Theory]
    [InlineData("UTC", "22:00", "07:00", "2026-03-10T21:59:00Z", null)]
    [InlineData("UTC", "22:00", "07:00", "2026-03-10T22:00:00Z", "2026-03-11T07:00:00Z")]
    [InlineData("UTC", "22:00", "07:00", "2026-03-11T06:59:59Z", "2026-03-11T07:00:00Z")]
    [InlineData("UTC", "22:00", "07:00", "2026-03-11T07:00:00Z", null)]
    [InlineData("UTC", "12:00", "13:30", "2026-03-11T12:30:00Z", "2026-03-11T13:30:00Z")]
    [InlineData("UTC", "12:00", "13:30", "2026-03-11T13:30:00Z", null)]
    [InlineData("UTC", "12:00", "12:00", "2026-03-11T12:00:00Z", null)]
    [InlineData("America/New_York", "22:00", "07:00", "2026-01-11T03:30:00Z", "2026-01-11T12:00:00Z")] // 22:30 of the day before
    [InlineData("America/New_York", "22:00", "07:00", "2026-01-11T12:00:00Z", null)]
    [InlineData("Asia/Kolkata", "22:00", "07:00", "2026-01-10T16:30:00Z", "2026-01-11T01:30:00Z")]
    [InlineData("Europe/Berlin", "22:00", "02:30", "2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z")] // 02:30 does not exist: 03:00
    [InlineData("Europe/Berlin", "22:00", "02:30", "2026-10-24T21:00:00Z", "2026-10-25T01:30:00Z")] // 02:30 comes twice: the second
    public void EndAt_InsideAndOutside_IsTheEndInTheUsersZone(string zone, string start, string end, string now, string? until)
    {
        var subscription = Subscription(zone, start, end, enabled: true);

        Assert.Equal(until is null ? null : Time(until), QuietHours.EndAt(subscription, Time(now)));
        Assert.Null(QuietHours.EndAt(Subscription(zone, start, end, enabled: false), Time(now)));
    }

    private static NotificationSubscription Subscription(string zone, string start, string end, bool enabled) => new()
    {
        UserId = Guid.CreateVersion7(),
        OrganizationId = Guid.CreateVersion7(),
        Channel = NotificationChannel.Webhook,
        CreatedAt = DateTimeOffset.UnixEpoch,
        QuietHoursEnabled = enabled,
        QuietHoursStart = start,
        QuietHoursEnd = end,
        Timezone = zone,
    };

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
