using System.ComponentModel.DataAnnotations;

namespace Platform.Functions.Organizations;

/// <summary>A name: so many characters between its blanks, none of them a control character.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class NameTextAttribute(int minimum, int maximum) : ValidationAttribute($"Value should have {minimum} to {maximum} characters and no control characters")
{
    public override bool IsValid(object? value) => value is not string text || (text.Trim().Length is var length && length >= minimum && length <= maximum && !text.Any(char.IsControl));
}
