using NCrontab;

namespace EmbeddedFunctions.Timers;

/// <summary>When a timer runs: a six-field NCRONTAB expression (five fields begin with the minute) or a constant interval. UTC.</summary>
internal sealed class TimerSchedule
{
    private readonly CrontabSchedule? _cron;
    private readonly TimeSpan _interval;

    private TimerSchedule(string text, CrontabSchedule? cron, TimeSpan interval)
    {
        Text = text;
        _cron = cron;
        _interval = interval;
    }

    public string Text { get; }

    public static TimerSchedule? Parse(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParse(text, out var interval) && interval > TimeSpan.Zero ? new TimerSchedule(text, cron: null, interval) : null;

        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        var cron = CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = fields == 6 });
        return cron is null ? null : new TimerSchedule(text, cron, default);
    }

    /// <summary>The first tick after <paramref name="time"/>. Intervals are aligned to the epoch, so that all nodes mean the same ticks.</summary>
    public DateTimeOffset After(DateTimeOffset time)
    {
        if (_cron is not null)
            return new DateTimeOffset(_cron.GetNextOccurrence(time.UtcDateTime), TimeSpan.Zero);

        var ticks = (time.UtcTicks / _interval.Ticks) + 1;
        return new DateTimeOffset(ticks * _interval.Ticks, TimeSpan.Zero);
    }
}
