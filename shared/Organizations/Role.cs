using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>A role that an organization made for itself. Built-in roles have no row (<see cref="BuiltInRoles"/>).</summary>
public sealed class Role : IOrganizationOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Name { get; set; }

    /// <summary>The name in lower case; unique in the organization, and never a built-in role's word.</summary>
    public required string NameKey { get; set; }

    public string Description { get; set; } = "";

    /// <summary>Its own names and wildcards (<see cref="PermissionPatterns"/>).</summary>
    public IReadOnlyList<string> Permissions { get; set; } = [];

    /// <summary>Roles whose permissions it has too: custom ones of the organization and built-in ones.</summary>
    public IReadOnlyList<Guid> Inherits { get; set; } = [];

    /// <summary>Its own patterns and all inherited ones of custom roles, kept up by whoever changes a role, so that a caller's rights cost one read however many roles there are.</summary>
    public IReadOnlyList<string> Closure { get; set; } = [];

    /// <summary>The built-in roles among all that it inherits, directly or not; kept up like <see cref="Closure"/>.</summary>
    public IReadOnlyList<Guid> BuiltIns { get; set; } = [];

    public Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    public long Version { get; set; }

    /// <summary>Own and inherited permissions, wildcards expanded to what they stand for today.</summary>
    public static PermissionSet Effective(IEnumerable<string> closure, IEnumerable<Guid> builtIns) =>
        builtIns.Aggregate(PermissionPatterns.Expand(closure), (set, id) => BuiltInRoles.Find(id) is { } role ? set.Union(role.Permissions) : set);

    /// <summary>Own and inherited names and wildcards.</summary>
    public static IReadOnlyList<string> PatternsOf(IReadOnlyList<string> closure, IReadOnlyList<Guid> builtIns) =>
        builtIns.Count == 0 ? closure : [.. closure, .. builtIns.SelectMany(id => BuiltInRoles.Find(id)?.Patterns ?? [])];
}
