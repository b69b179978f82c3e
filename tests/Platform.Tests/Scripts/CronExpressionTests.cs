using System.Globalization;
using Platform.Scripts;

namespace Platform.Tests.Scripts;

public sealed class CronExpressionTests
{
    // Berlin: forward on 29 March 2026 from 02:00 to 03:00 (01:00 UTC), back on 25 October 2026 from 03:00 to 02:00 (01:00 UTC).
    [Theory]
    [InlineData("0 3 * * *", "UTC", "2026-03-01T02:59:59Z", "2026-03-01T03:00:00Z")]
    [InlineData("0 3 * * *", "UTC", "2026-03-01T03:00:00Z", "2026-03-02T03:00:00Z")]
    [InlineData("0 3 * * *", "Europe/Berlin", "2026-01-10T12:00:00Z", "2026-01-11T02:00:00Z")]
    [InlineData("0 3 * * *", "Europe/Berlin", "2026-07-10T12:00:00Z", "2026-07-11T01:00:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z")]   // left out: made up for at once
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")]   // comes twice: counts once
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z")]   // both hours
    [InlineData("*/30 * * * *", "Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z")]
    [InlineData("*/30 * * * *", "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z")]
    [InlineData("0 */2 1 1 *", "Europe/Berlin", "2026-01-01T23:30:00Z", "2026-12-31T23:00:00Z")]
    [InlineData("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z")]
    [InlineData("15 9 * * 1", "America/New_York", "2026-06-05T00:00:00Z", "2026-06-08T13:15:00Z")]
    public void After_IsTheNextTime(string cron, string zone, string time, string expected) => Assert.Equal(
        DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture),
        CronExpression.Parse(cron)!.After(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById(zone)));

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("* * * * * *")]
    [InlineData("60 * * * *")]
    [InlineData("a b c d e")]
    [InlineData("0 0 30 2 *")]
    public void Parse_None_IsNull(string text) => Assert.Null(CronExpression.Parse(text));

    [Fact]
    public void After_FollowedForAYear_NeverStandsStillNorSkips()
    {
        var (every, zone) = (CronExpression.Parse("*/15 * * * *")!, TimeZoneInfo.FindSystemTimeZoneById("Australia/Lord_Howe"));   // sets its clocks by half an hour
        var time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < 366 * 96; i++)
        {
            var next = every.After(time, zone)!.Value;
            Assert.Equal(TimeSpan.FromMinutes(15), next - time);
            time = next;
        }
    }
}
