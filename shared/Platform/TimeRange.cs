using System.ComponentModel.DataAnnotations;

namespace Platform;

/// <summary>The rule of every inclusive range of time in a request: it does not end before it starts.</summary>
public static class TimeRange
{
    /// <param name="startName">The member that is named as wrong.</param>
    public static IEnumerable<ValidationResult> Check(DateTimeOffset? start, DateTimeOffset? end, string startName)
    {
        if (start > end)
            yield return new ValidationResult("The start should not be after the end", [startName]);
    }
}
