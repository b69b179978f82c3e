using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Platform.Functions.Identity;

/// <summary>Letters and marks of any script, spaces, <c>- ' .</c>, at least one letter; no space at either end.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed partial class PersonNameAttribute : ValidationAttribute
{
    public PersonNameAttribute()
        : base("Name should consist of letters, spaces, hyphens, apostrophes and full stops")
    {
    }

    public override bool IsValid(object? value) => value is not string text || (Form().IsMatch(text) && text.Any(char.IsLetter) && text.Trim().Length == text.Length);

    [GeneratedRegex(@"^[\p{L}\p{M} \-'.]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
