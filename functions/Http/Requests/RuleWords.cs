using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Platform.Functions.Http;

/// <summary>Message and <c>type</c> word of a broken annotation. An annotation's own <c>ErrorMessage</c> wins over the standard sentence.</summary>
internal static class RuleWords
{
    public static (string Message, string Type) For(ValidationAttribute rule, object? value, ValidationResult refusal)
    {
        var (message, type) = Standard(rule, value, refusal);
        return (rule.ErrorMessage is null ? message : refusal.ErrorMessage ?? message, type);
    }

    private static (string Message, string Type) Standard(ValidationAttribute rule, object? value, ValidationResult refusal) => rule switch
    {
        RequiredAttribute => value is null ? ("Field required", "missing") : TooShort(value, 1),
        RangeAttribute range => IsBelow(range, value)
            ? ($"Input should be greater than or equal to {range.Minimum}", "greater_than_equal")
            : ($"Input should be less than or equal to {range.Maximum}", "less_than_equal"),
        StringLengthAttribute length => Size(value) < length.MinimumLength ? TooShort(value, length.MinimumLength) : TooLong(value, length.MaximumLength),
        LengthAttribute length => Size(value) < length.MinimumLength ? TooShort(value, length.MinimumLength) : TooLong(value, length.MaximumLength),
        MaxLengthAttribute length => TooLong(value, length.Length),
        MinLengthAttribute length => TooShort(value, length.Length),
        RegularExpressionAttribute pattern => ($"String should match pattern '{pattern.Pattern}'", "string_pattern_mismatch"),
        AllowedValuesAttribute allowed => ($"Input should be {string.Join(", ", allowed.Values.Select(word => $"'{word}'"))}", "enum"),
        EmailAddressAttribute => ("Value is not a valid email address", "value_error"),
        _ => (refusal.ErrorMessage ?? "Value error", "value_error"),
    };

    private static bool IsBelow(RangeAttribute range, object? value) =>
        value is IConvertible number && number.ToDouble(CultureInfo.InvariantCulture) < Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture);

    private static int Size(object? value) => value switch
    {
        string text => text.Length,
        ICollection items => items.Count,
        _ => 0,
    };

    private static (string Message, string Type) TooLong(object? value, int maximum) => value is string or null
        ? ($"String should have at most {maximum} character{(maximum == 1 ? "" : "s")}", "string_too_long")
        : ($"List should have at most {maximum} items", "value_error");

    private static (string Message, string Type) TooShort(object? value, int minimum) => value is string or null
        ? ($"String should have at least {minimum} character{(minimum == 1 ? "" : "s")}", "string_too_short")
        : ($"List should have at least {minimum} items", "value_error");
}
