using System.Globalization;

namespace Platform;

/// <summary>Time on the wire: ISO 8601 UTC with <c>Z</c> and milliseconds. Accepted: any offset; none means UTC.</summary>
public static class WireTime
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static string ToText(DateTimeOffset time) => time.ToUniversalTime().ToString(Format, CultureInfo.InvariantCulture);

    public static bool TryFormat(DateTimeOffset time, Span<byte> utf8, out int written) =>
        time.ToUniversalTime().TryFormat(utf8, out written, Format, CultureInfo.InvariantCulture);

    /// <summary>Reads an ISO 8601 date or time. A blank before the offset is a <c>+</c> that a form decoder ate.</summary>
    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is null || text.Length is < 10 or > 40 || !char.IsAsciiDigit(text[0]) || text[4] != '-' || text[7] != '-')
            return false;
        if (text.Length > 19 && text.LastIndexOf(' ') is > 18 and var blank)
            text = string.Concat(text.AsSpan(0, blank), "+", text.AsSpan(blank + 1));
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }
}
