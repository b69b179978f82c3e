using System.ComponentModel.DataAnnotations;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>What a custom role may be.</summary>
internal static class RoleForm
{
    public const int MaxRoles = 100;
    public const int MaxPermissions = 200;
    public const int MaxInherits = 5;

    public static IEnumerable<ValidationResult> CheckInherits(IReadOnlyList<Guid> inherits)
    {
        if (inherits.Contains(BuiltInRoles.For(OrganizationRole.Owner).Id))
            yield return new ValidationResult("Nothing inherits the owner", [nameof(Role.Inherits)]);
    }

    public static string Describe(BuiltInRole role) => role.Membership switch
    {
        OrganizationRole.Owner => "May do everything in the organization",
        OrganizationRole.Admin => "Manages members, roles, domains, webhooks and databases",
        OrganizationRole.Member => "Builds, deploys and runs",
        _ => "Sees, and changes nothing",
    };
}

/// <summary>Registry names and wildcards; bundles of token scopes and <c>platform:</c> names are none.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RolePermissionsAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        ((value as IEnumerable<string>) ?? []).Where(pattern => !PermissionPatterns.IsKnown(pattern)).ToList() is { Count: > 0 } unknown
            ? new ValidationResult($"Unknown permissions: {string.Join(", ", unknown.Take(20).Select(Shown))}")
            : ValidationResult.Success;

    private static string Shown(string pattern) => pattern.Length <= 100 ? pattern : $"{pattern[..100]}…";
}
