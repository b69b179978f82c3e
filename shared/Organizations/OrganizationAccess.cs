using Platform.Identity;

namespace Platform.Organizations;

/// <summary>An unexpired assignment and what it gives.</summary>
public sealed record RoleGrant(Guid RoleId, Guid? ProjectId, PermissionSet Permissions)
{
    /// <summary>The names and wildcards of the role and all that it inherits.</summary>
    public IReadOnlyList<string> Patterns { get; init; } = [];
}

/// <summary>
/// What one user may do in one organization: his membership's role and his assignments, there or on one of its projects. Immutable; read by
/// <see cref="AccessReader"/>, which leaves expired assignments out, and at most two seconds old.
/// </summary>
public sealed class OrganizationAccess(Guid organizationId, Guid userId, OrganizationRole? role, bool projectBound, IReadOnlyList<RoleGrant> grants)
{
    public Guid OrganizationId => organizationId;

    public Guid UserId => userId;

    /// <summary>Null when he is no member.</summary>
    public OrganizationRole? Role => role;

    public bool ProjectBound => projectBound;

    public IReadOnlyList<RoleGrant> Grants => grants;

    /// <summary>The organization is suspended: reading and administration go on, nothing starts.</summary>
    public bool Suspended { get; init; }

    /// <summary>The role that he has everywhere in the organization: a project-bound member counts as viewer.</summary>
    public OrganizationRole? Rank => projectBound && role == OrganizationRole.Member ? OrganizationRole.Viewer : role;

    /// <summary>The same in an organization that is not suspended: what he may grant to others does not rest.</summary>
    public OrganizationAccess Unsuspended => Suspended ? new(organizationId, userId, role, projectBound, grants) : this;

    /// <summary>His grant of a built-in project role on the project.</summary>
    public ProjectRole? GrantOn(Guid projectId) =>
        grants.Where(grant => grant.ProjectId == projectId).Select(grant => BuiltInRoles.Find(grant.RoleId)?.Project).Min();

    /// <summary>His permissions while he acts on a project, or (null) on the organization as a whole.</summary>
    public PermissionSet In(Guid? projectId)
    {
        if (role is not { } member)
            return BuiltInRoles.Self;
        var permissions = BuiltInRoles.For(IsBoundElsewhere(projectId) ? OrganizationRole.Viewer : member).Permissions;
        foreach (var grant in grants)
        {
            if (grant.ProjectId is null || grant.ProjectId == projectId)
                permissions = permissions.Union(grant.Permissions);
        }
        return Suspended ? permissions.Intersect(BuiltInRoles.Suspended) : permissions;
    }

    /// <summary>Whether he holds a name, or a wildcard with all names to come: a wildcard only by one that covers it.</summary>
    public bool Covers(string pattern, Guid? projectId) => PermissionPatterns.IsWildcard(pattern)
        ? Wildcards(projectId).Any(held => PermissionPatterns.Covers(held, pattern))
        : In(projectId).Contains(pattern);

    private IEnumerable<string> Wildcards(Guid? projectId)
    {
        if (role is not { } member)
            return [];
        var own = BuiltInRoles.For(IsBoundElsewhere(projectId) ? OrganizationRole.Viewer : member).Wildcards;
        return own.Concat(grants.Where(grant => grant.ProjectId is null || grant.ProjectId == projectId).SelectMany(grant => grant.Patterns));
    }

    // A project-bound member counts as viewer outside the projects of his grants; on those he acts as a member.
    private bool IsBoundElsewhere(Guid? projectId) =>
        projectBound && role == OrganizationRole.Member && (projectId is not { } project || GrantOn(project) is null);
}
