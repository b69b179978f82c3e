namespace Platform.Quotas;

/// <summary>Days that a report is about, both included.</summary>
internal sealed record UsageRange(DateOnly Start, DateOnly End)
{
    public const int MaxDays = 92;
    private const int UsualDays = 7;

    public IEnumerable<DateOnly> Days => Enumerable.Range(Start.DayNumber, End.DayNumber - Start.DayNumber + 1).Select(DateOnly.FromDayNumber);

    public static Result<UsageRange> Of(DateOnly? start, DateOnly? end, DateOnly today)
    {
        var last = end ?? (start > today ? start.Value : today);
        var first = start ?? DateOnly.FromDayNumber(Math.Max(0, last.DayNumber - UsualDays + 1));
        if (first > last)
            return QuotaErrors.RangeReversed;
        return last.DayNumber - first.DayNumber >= MaxDays ? QuotaErrors.RangeTooLong(MaxDays) : new UsageRange(first, last);
    }
}
