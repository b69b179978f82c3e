using System.Collections.Frozen;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>A role that every organization has. Its permissions follow from the registry.</summary>
/// <param name="Word">Its name on the wire; custom roles cannot take it.</param>
/// <param name="Permissions">What it gives: in the whole organization, or, for a project role, on the project it is granted on.</param>
/// <param name="Wildcards">Whole resources that it holds, with the names to come.</param>
public sealed record BuiltInRole(Guid Id, string Word, PermissionSet Permissions, IReadOnlyList<string> Wildcards)
{
    /// <summary>What it is written in: its wildcards and the names beside them.</summary>
    public IReadOnlyList<string> Patterns { get; } = [.. Wildcards, .. Permissions.Except(PermissionPatterns.Expand(Wildcards)).Names];

    /// <summary>Set for the roles of memberships.</summary>
    public OrganizationRole? Membership { get; init; }

    /// <summary>Set for the roles that are granted on one project.</summary>
    public ProjectRole? Project { get; init; }
}

/// <summary>The built-in roles, worked out once from the registry. They have fixed ids and no rows.</summary>
public static class BuiltInRoles
{
    /// <summary>Memberships' roles by rank, the strongest first, then the project roles likewise.</summary>
    public static readonly IReadOnlyList<BuiltInRole> All =
    [
        Of(OrganizationRole.Owner), Of(OrganizationRole.Admin), Of(OrganizationRole.Member), Of(OrganizationRole.Viewer),
        Of(ProjectRole.ProjectAdmin), Of(ProjectRole.ProjectEditor), Of(ProjectRole.ProjectViewer),
    ];

    /// <summary>What every signed-in user may do for himself, wherever he is.</summary>
    public static readonly PermissionSet Self = Where(holder => holder == PermissionHolder.Self);

    /// <summary>What an operator in a session may do beside his roles.</summary>
    public static readonly PermissionSet Operator = Where(holder => holder == PermissionHolder.Platform);

    /// <summary>All that is left to any role while its organization is suspended: what viewers hold, other reading, and the administration of the organization itself.</summary>
    public static readonly PermissionSet Suspended =
        PermissionPatterns.Expand(["*:read", "organizations:*", "team:*", "roles:*"]).Union(For(OrganizationRole.Viewer).Permissions);

    private static readonly FrozenDictionary<Guid, BuiltInRole> ById = All.ToFrozenDictionary(role => role.Id);
    private static readonly FrozenDictionary<string, BuiltInRole> ByWord = All.ToFrozenDictionary(role => role.Word, StringComparer.Ordinal);

    public static BuiltInRole? Find(Guid id) => ById.GetValueOrDefault(id);

    public static BuiltInRole? Find(string word) => ByWord.GetValueOrDefault(word);

    /// <summary>The role of a membership.</summary>
    public static BuiltInRole For(OrganizationRole role) => All[(int)role];

    /// <summary>The role of a grant on a project.</summary>
    public static BuiltInRole For(ProjectRole role) => All[4 + (int)role];

    private static BuiltInRole Of(OrganizationRole role) => new(IdOf(1 + (int)role), Word(role), Where(holder => Holds(holder, role)), Wildcards(role)) { Membership = role };

    private static BuiltInRole Of(ProjectRole role) => new(IdOf(11 + (int)role), Word(role), Where(holder => Holds(holder, role)), []) { Project = role };

    // delivery.md §4.1
    private static string[] Wildcards(OrganizationRole role) => role switch
    {
        OrganizationRole.Owner => [PermissionPatterns.All],
        OrganizationRole.Admin => [.. Wildcards(OrganizationRole.Member), "databases:*", "domains:*", "roles:*", "team:*", "webhooks:*"],
        OrganizationRole.Member => ["alerts:*", "builds:*", "functions:*"],
        _ => [],
    };

    // Admins and owners hold the permissions of project roles everywhere, members and viewers the reading ones.
    private static bool Holds(PermissionHolder holder, OrganizationRole role) => holder switch
    {
        PermissionHolder.Self or PermissionHolder.Viewer or PermissionHolder.ProjectViewer => true,
        PermissionHolder.Member => role <= OrganizationRole.Member,
        PermissionHolder.Admin or PermissionHolder.ProjectEditor or PermissionHolder.ProjectAdmin => role <= OrganizationRole.Admin,
        PermissionHolder.Owner => role == OrganizationRole.Owner,
        _ => false,
    };

    private static bool Holds(PermissionHolder holder, ProjectRole role) => holder switch
    {
        PermissionHolder.ProjectViewer => true,
        PermissionHolder.ProjectEditor => role <= ProjectRole.ProjectEditor,
        PermissionHolder.ProjectAdmin => role == ProjectRole.ProjectAdmin,
        _ => false,
    };

    private static PermissionSet Where(Func<PermissionHolder, bool> held) => PermissionSet.Of(PermissionRegistry.All.Where(entry => held(entry.Holder)).Select(entry => entry.Name));

    private static Guid IdOf(int number) => new($"00000000-0000-7000-8000-0000000000{number:00}");

    private static string Word<T>(T role) where T : struct, Enum => EnumWords<T>.ToWord(role);
}
