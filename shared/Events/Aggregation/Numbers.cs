using System.Globalization;

namespace Platform.Events.Aggregation;

/// <summary>Whole and real numbers: whole as long as the result fits 64 bits, else real. What is no number, or has no finite result, gives null.</summary>
internal static class Numbers
{
    public static bool Is(object? value) => value is long or double;

    public static double ToReal(object? value) => value is long whole ? whole : (double)value!;

    public static object? Add(object? left, object? right) => left is long a && right is long b && !IsOverflow(a, b, a + b) ? (object)(a + b) : Real(left, right, (x, y) => x + y);

    public static object? Subtract(object? left, object? right) =>
        left is long a && right is long b && b != long.MinValue && !IsOverflow(a, -b, a - b) ? (object)(a - b) : Real(left, right, (x, y) => x - y);

    public static object? Multiply(object? left, object? right) =>
        left is long a && right is long b && Math.BigMul(a, b, out var low) == low >> 63 ? (object)low : Real(left, right, (x, y) => x * y);

    public static object? Divide(object? left, object? right) => Real(left, right, (x, y) => x / y);

    /// <summary>The same text for equal numbers.</summary>
    public static string Normal(object value)
    {
        if (value is double real && Math.Abs(real) < 1L << 53 && real == Math.Truncate(real))
            value = (long)real;
        return Convert.ToString(value, CultureInfo.InvariantCulture)!;
    }

    private static bool IsOverflow(long a, long b, long sum) => ((a ^ sum) & (b ^ sum)) < 0;

    private static double? Real(object? left, object? right, Func<double, double, double> operation) =>
        Is(left) && Is(right) && operation(ToReal(left), ToReal(right)) is var result && double.IsFinite(result) ? result : null;
}
