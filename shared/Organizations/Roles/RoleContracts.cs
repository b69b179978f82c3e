using System.ComponentModel.DataAnnotations;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Body of <c>POST /api/security/roles</c>.</summary>
public sealed record NewRole : IValidatableObject
{
    /// <summary>Unique in the organization without regard to case; no built-in role's name.</summary>
    [Length(2, 50)]
    [PlainText]
    public required string Name { get; init => field = value.Trim(); }

    [StringLength(300)]
    [PlainText]
    public string? Description { get; init => field = value?.Trim(); }

    /// <summary>Names of the permission catalogue, or wildcards.</summary>
    [MaxLength(RoleForm.MaxPermissions)]
    [RolePermissions]
    public required IReadOnlyList<string> Permissions { get; init; }

    /// <summary>Ids of roles whose permissions it has too; any but the owner's.</summary>
    [MaxLength(RoleForm.MaxInherits)]
    public IReadOnlyList<Guid> Inherits { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => RoleForm.CheckInherits(Inherits);
}

/// <summary>Body of <c>PATCH /api/security/roles/{roleId}</c>: absent members stay as they are, lists replace.</summary>
public sealed record RoleChange : IValidatableObject
{
    [Length(2, 50)]
    [PlainText]
    public string Name { get; init => field = value?.Trim()!; } = null!; // null only when absent, like the lists below

    /// <summary>Null clears it.</summary>
    [StringLength(300)]
    [PlainText]
    public string? Description
    {
        get;
        init => (field, HasDescription) = (value?.Trim(), true);
    }

    internal bool HasDescription { get; private init; }

    [MaxLength(RoleForm.MaxPermissions)]
    [RolePermissions]
    public IReadOnlyList<string> Permissions { get; init; } = null!;

    [MaxLength(RoleForm.MaxInherits)]
    public IReadOnlyList<Guid> Inherits { get; init; } = null!;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Name is null && !HasDescription && Permissions is null && Inherits is null
        ? [new ValidationResult("At least one member should be given")]
        : RoleForm.CheckInherits(Inherits ?? []);
}

public enum PermissionChangeMode
{
    Add,
    Remove,
    Replace,
}

/// <summary>Body of <c>POST /api/security/roles/{roleId}/permissions</c>.</summary>
public sealed record PermissionChange
{
    /// <summary>Names of the permission catalogue, or wildcards.</summary>
    [MaxLength(RoleForm.MaxPermissions)]
    [RolePermissions]
    public required IReadOnlyList<string> Permissions { get; init; }

    public PermissionChangeMode Mode { get; init; }
}

/// <summary>Query of <c>DELETE /api/security/roles/{roleId}</c>.</summary>
public sealed record RoleDeletion
{
    /// <summary>Take the role away from those who have it.</summary>
    public bool Force { get; init; }
}

/// <summary>Answer to a deletion.</summary>
public sealed record RoleDeleted(Guid Id, bool Deleted);

public enum RoleType
{
    System,
    Custom,
}

/// <summary>Query of <c>GET /api/security/roles</c>.</summary>
public sealed record RoleFilter
{
    /// <summary>Built-in roles only, or custom ones only.</summary>
    public RoleType? Type { get; init; }

    /// <summary>A part of name or description.</summary>
    [StringLength(100)]
    public string? Search { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>Where the page begins.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }
}

/// <summary>A role as members of its organization see it.</summary>
public record RoleView(
    Guid Id,
    string Name,
    string Description,
    bool IsSystem,
    IReadOnlyList<string> Permissions,
    IReadOnlyList<Guid> Inherits,
    IReadOnlyList<string> EffectivePermissions,
    int MemberCount,
    Guid? CreatedBy,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? UpdatedAt)
{
    public static RoleView From(Role role, int memberCount) => new(
        role.Id,
        role.Name,
        role.Description,
        IsSystem: false,
        role.Permissions,
        role.Inherits,
        Sorted(Role.Effective(role.Closure, role.BuiltIns)),
        memberCount,
        role.CreatedBy,
        role.CreatedAt,
        role.UpdatedAt);

    public static RoleView From(BuiltInRole role, int memberCount) =>
        new(role.Id, role.Word, RoleForm.Describe(role), IsSystem: true, role.Patterns, [], Sorted(role.Permissions), memberCount, null, null, null);

    private static IReadOnlyList<string> Sorted(PermissionSet permissions) => [.. permissions.Names.Order(StringComparer.Ordinal)];
}

/// <summary>A role after a change of its permissions.</summary>
public sealed record RolePermissionsView : RoleView
{
    public RolePermissionsView(RoleView role, IReadOnlyList<string> added, IReadOnlyList<string> removed)
        : base(role) => (Added, Removed) = (added, removed);

    public IReadOnlyList<string> Added { get; }

    public IReadOnlyList<string> Removed { get; }
}

/// <summary>Query of <c>GET /api/security/permissions</c>; all fit on one page.</summary>
public sealed record PermissionFilter
{
    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 200;

    /// <summary>Where the page begins.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }
}

/// <summary>One permission of the catalogue; <paramref name="Granted"/>: the caller holds it where he is.</summary>
public sealed record PermissionView(string Name, string Resource, string Action, string Description, IReadOnlyList<string> BuiltInRoles, bool Granted);
