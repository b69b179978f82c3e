using Platform.Identity;

namespace Platform.Organizations;

/// <summary>What a role amounts to for those who grant it.</summary>
/// <param name="Patterns">Own and inherited names and wildcards.</param>
/// <param name="Permissions">The names that these stand for today.</param>
public sealed record RoleRights(Guid Id, string Name, IReadOnlyList<string> Patterns, PermissionSet Permissions)
{
    public static RoleRights Of(Role role) => new(role.Id, role.Name, Role.PatternsOf(role.Closure, role.BuiltIns), Role.Effective(role.Closure, role.BuiltIns));

    public static RoleRights Of(BuiltInRole role) => new(role.Id, role.Word, role.Patterns, role.Permissions);
}
