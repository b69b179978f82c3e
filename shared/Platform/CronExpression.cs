using NCrontab;

namespace Platform;

/// <summary>
/// A cron expression of five fields in a time zone. When clocks are set forward, a time of day that is left out is made up for at once; when they are set back,
/// a time of day that comes twice counts once. An expression whose hours are a range goes on through both.
/// </summary>
public sealed class CronExpression
{
    private const int Fields = 5;
    private const int YearsAhead = 9; // 29 February may be eight years away
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly CrontabSchedule _schedule;
    private readonly bool _isOfTheClock;

    private CronExpression(string text, CrontabSchedule schedule, bool isOfTheClock) => (Text, _schedule, _isOfTheClock) = (text, schedule, isOfTheClock);

    public string Text { get; }

    /// <summary>Null when it is none, or one that never comes.</summary>
    public static CronExpression? Parse(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != Fields || CrontabSchedule.TryParse(text) is not { } schedule)
            return null;
        var expression = new CronExpression(text, schedule, fields[1].All(letter => char.IsAsciiDigit(letter) || letter == ','));
        return expression.Next(DateTime.UnixEpoch) is null ? null : expression;
    }

    /// <summary>The first time after <paramref name="time"/>; null when there is none within years.</summary>
    public DateTimeOffset? After(DateTimeOffset time, TimeZoneInfo zone) => _isOfTheClock ? AfterByTheClock(time, zone) : AfterByTheHour(time, zone);

    private DateTimeOffset? AfterByTheClock(DateTimeOffset time, TimeZoneInfo zone)
    {
        var next = TimeZoneInfo.ConvertTime(time, zone).DateTime;
        while (Next(next) is { } candidate)
        {
            var utc = FirstOf(candidate, zone);
            if (utc > time)
                return utc;
            next = candidate; // it was, before the clocks were set back
        }

        return null;
    }

    // Where clocks are set, the search begins anew with the other offset.
    private DateTimeOffset? AfterByTheHour(DateTimeOffset time, TimeZoneInfo zone)
    {
        var (from, inclusive) = (time, false);
        while (true)
        {
            var offset = zone.GetUtcOffset(from);
            var local = from.UtcDateTime + offset;
            if (Next(inclusive ? local.AddSeconds(-1) : local) is not { } candidate)
                return null;
            var utc = new DateTimeOffset(candidate - offset, TimeSpan.Zero);
            if (utc - from > 2 * Day)
                (from, inclusive) = (utc - Day, false); // near enough to see which offset will hold
            else if (zone.GetUtcOffset(utc) == offset)
                return utc;
            else
                (from, inclusive) = (ChangeBetween(from, utc, zone), true);
        }
    }

    private DateTime? Next(DateTime local)
    {
        var end = local.AddYears(YearsAhead);
        var next = _schedule.GetNextOccurrence(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), DateTime.SpecifyKind(end, DateTimeKind.Unspecified));
        return next < end ? next : null;
    }

    private static DateTimeOffset FirstOf(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    /// <summary>The instant from which the offset is another one.</summary>
    private static DateTimeOffset ChangeBetween(DateTimeOffset before, DateTimeOffset after, TimeZoneInfo zone)
    {
        var offset = zone.GetUtcOffset(before);
        while (after - before > TimeSpan.FromSeconds(1))
        {
            var middle = before + ((after - before) / 2);
            if (zone.GetUtcOffset(middle) == offset)
                before = middle;
            else
                after = middle;
        }

        return new DateTimeOffset(after.UtcTicks - (after.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
    }
}
