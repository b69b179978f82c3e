using System.Globalization;

namespace EmbeddedFunctions.Broker.Filters;

/// <summary>Comparison and arithmetic of filter values, where null is "unknown" and stays so.</summary>
internal static class SqlValues
{
    /// <summary>The order of two values, or null when either is unknown or they are of different kinds. Texts are compared with their case.</summary>
    public static int? Compare(object? left, object? right) => (Normal(left), Normal(right)) switch
    {
        (long a, long b) => a.CompareTo(b),
        (long or double, long or double) => Number(left!).CompareTo(Number(right!)),
        (string a, string b) => string.CompareOrdinal(a, b),
        (bool a, bool b) => a.CompareTo(b),
        (Guid a, Guid b) => a.CompareTo(b),
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        (TimeSpan a, TimeSpan b) => a.CompareTo(b),
        _ => null,
    };

    public static object? Calculate(string symbol, object? left, object? right) => (Normal(left), Normal(right)) switch
    {
        (string a, string b) when symbol == "+" => a + b,
        (long a, long b) => Whole(symbol, a, b),
        (long or double, long or double) => Fraction(symbol, Number(left!), Number(right!)),
        _ => null,
    };

    public static object? Negate(object? value) => Normal(value) switch
    {
        long number => unchecked(-number),
        double number => -number,
        _ => null,
    };

    /// <summary>Whether the text fits the pattern of % (any characters) and _ (one); <paramref name="escape"/> makes the character after it stand for itself.</summary>
    public static bool IsLike(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern, char? escape)
    {
        if (pattern.IsEmpty)
            return text.IsEmpty;
        if (pattern[0] == escape && pattern.Length > 1)
            return !text.IsEmpty && text[0] == pattern[1] && IsLike(text[1..], pattern[2..], escape);
        if (pattern[0] != '%')
            return !text.IsEmpty && (pattern[0] == '_' || pattern[0] == text[0]) && IsLike(text[1..], pattern[1..], escape);

        var rest = pattern.TrimStart('%');
        if (rest.IsEmpty)
            return true;
        for (var skipped = 0; skipped <= text.Length; skipped++)
        {
            if (IsLike(text[skipped..], rest, escape))
                return true;
        }

        return false;
    }

    private static object? Whole(string symbol, long a, long b) => symbol switch
    {
        "+" => unchecked(a + b),
        "-" => unchecked(a - b),
        "*" => unchecked(a * b),
        _ when b is 0 or -1 => b == 0 ? null : symbol == "/" ? unchecked(-a) : 0L, // the smallest number divided by -1 would throw
        "/" => a / b,
        _ => a % b,
    };

    private static double Fraction(string symbol, double a, double b) => symbol switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" => a / b,
        _ => a % b,
    };

    private static double Number(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private static object? Normal(object? value) => value switch
    {
        sbyte or byte or short or ushort or int or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        ulong or float or decimal => Number(value),
        char or Uri => value.ToString(),
        DateTime time => new DateTimeOffset(time.ToUniversalTime()),
        _ => value,
    };
}
