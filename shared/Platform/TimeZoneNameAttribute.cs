using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Platform;

/// <summary>A time zone by its IANA name, e.g. <c>Europe/Berlin</c>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed partial class TimeZoneNameAttribute : ValidationAttribute
{
    // The placeholder of machines that were never set up; the database of zones has it, the list of zones has not.
    private const string Unset = "Factory";

    public TimeZoneNameAttribute()
        : base("Unknown time zone; expected an IANA name such as 'Europe/Berlin'")
    {
    }

    public override bool IsValid(object? value) => value is not string name || (name != Unset && Form().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out _));

    // The database is a folder that holds more than zones; what is not one begins with a small letter.
    [GeneratedRegex("^[A-Z][A-Za-z0-9_+-]{1,31}(/[A-Za-z0-9_+-]{1,31}){0,2}$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
