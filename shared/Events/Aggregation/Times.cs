using System.Globalization;
using System.Text;

namespace Platform.Events.Aggregation;

/// <summary>Operators on times. A text that is an ISO 8601 time counts as one; all times are UTC.</summary>
internal static class Times
{
    private static readonly Dictionary<char, Func<DateTimeOffset, string>> Parts = new()
    {
        ['Y'] = time => time.Year.ToString("0000", CultureInfo.InvariantCulture),
        ['m'] = time => time.Month.ToString("00", CultureInfo.InvariantCulture),
        ['d'] = time => time.Day.ToString("00", CultureInfo.InvariantCulture),
        ['H'] = time => time.Hour.ToString("00", CultureInfo.InvariantCulture),
        ['M'] = time => time.Minute.ToString("00", CultureInfo.InvariantCulture),
        ['S'] = time => time.Second.ToString("00", CultureInfo.InvariantCulture),
        ['L'] = time => time.Millisecond.ToString("000", CultureInfo.InvariantCulture),
        ['j'] = time => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        ['%'] = _ => "%",
    };

    public static DateTimeOffset? Of(object? value) => value switch
    {
        DateTimeOffset time => time,
        string text when WireTime.TryParse(text, out var time) => time,
        _ => null,
    };

    /// <summary>Numbers; or one time and milliseconds.</summary>
    public static object? Add(object?[] values)
    {
        if (values.OfType<DateTimeOffset>().Count() != 1)
            return values.Aggregate((object?)0L, Numbers.Add);
        var milliseconds = values.Where(value => value is not DateTimeOffset).Aggregate((object?)0L, Numbers.Add);
        return Moved(values.OfType<DateTimeOffset>().Single(), milliseconds);
    }

    /// <summary>Numbers; two times give milliseconds, a time and milliseconds a time.</summary>
    public static object? Subtract(object?[] values) => (values[0], values[1]) switch
    {
        (DateTimeOffset later, DateTimeOffset earlier) => (long)(later - earlier).TotalMilliseconds,
        (DateTimeOffset time, var milliseconds) => Moved(time, Numbers.Subtract(0L, milliseconds)),
        var (left, right) => Numbers.Subtract(left, right),
    };

    /// <summary>Null when the format is not <c>%Y %m %d %H %M %S %L %j %%</c> and text between them.</summary>
    public static Func<DateTimeOffset, string>? Format(string format)
    {
        List<Func<DateTimeOffset, string>> pieces = [];
        for (var i = 0; i < format.Length; i++)
        {
            var letter = format[i];
            if (letter != '%')
                pieces.Add(_ => letter.ToString());
            else if (++i < format.Length && Parts.TryGetValue(format[i], out var part))
                pieces.Add(part);
            else
                return null;
        }

        return time => pieces.Aggregate(new StringBuilder(), (text, piece) => text.Append(piece(time))).ToString();
    }

    private static DateTimeOffset? Moved(DateTimeOffset time, object? milliseconds)
    {
        if (!Numbers.Is(milliseconds))
            return null;
        var ticks = time.UtcTicks + (Numbers.ToReal(milliseconds) * TimeSpan.TicksPerMillisecond);
        return ticks >= DateTimeOffset.MinValue.UtcTicks && ticks < DateTimeOffset.MaxValue.UtcTicks ? new DateTimeOffset((long)ticks, TimeSpan.Zero) : null;
    }
}
