using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Platform.Metrics;

namespace Platform.Functions.Metrics;

/// <summary>Ranges and lengths of time as queries of this family write them (delivery.md §0.3).</summary>
internal static class TimeWords
{
    public const string Period = "[1-9][0-9]{0,5}[mhd]";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(90);
    private static readonly TimeSpan Usual = TimeSpan.FromHours(24);

    public static IEnumerable<ValidationResult> Check(DateTimeOffset? from, DateTimeOffset? to, string? period)
    {
        if (period is not null && (from ?? to) is not null)
            yield return new ValidationResult("Either period, or from and to, should be given", [nameof(period)]);
        else if (period is not null && Length(period) > Longest)
            yield return new ValidationResult("The period should be at most 90d", [nameof(period)]);
        else if (to <= from)
            yield return new ValidationResult("The end should be after the start", [nameof(to)]);
        else if (to - from > Longest)
            yield return new ValidationResult("The range should have at most 90 days", [nameof(from)]);
    }

    /// <summary>The range that is meant; what is left open ends now, and is 24 hours long. Refused when it is longer than 90 days or ends before it starts.</summary>
    public static Result<MetricRange> ToRange(DateTimeOffset? from, DateTimeOffset? to, string? period, DateTimeOffset now)
    {
        var length = period is null ? Usual : Length(period);
        var end = to ?? DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds() + 1); // with what is recorded in this millisecond
        if (from is null && end - DateTimeOffset.UnixEpoch < length)
            return Error.Invalid(Problem.Query("to", "The end should be after 1970", "value_error"));
        var start = from ?? end - length;
        if (end <= start || end - start > Longest || start < DateTimeOffset.UnixEpoch)
            return Error.Invalid(Problem.Query("from", "The range should end after its start, be at most 90 days long and begin after 1970", "value_error"));
        return new MetricRange(start, end);
    }

    /// <summary>A whole number and a unit; the form is checked before.</summary>
    public static TimeSpan Length(string word) => int.Parse(word.AsSpan(0, word.Length - 1), CultureInfo.InvariantCulture) * (word[^1] switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    });
}
