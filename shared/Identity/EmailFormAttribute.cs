using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Platform.Identity;

/// <summary>One address of the form <c>local@domain.tld</c> without blanks, control characters, quotes or comments.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed partial class EmailFormAttribute : ValidationAttribute
{
    public EmailFormAttribute()
        : base("Value is not a valid email address")
    {
    }

    public override bool IsValid(object? value) => value is not string text || Form().IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
