using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>The role words of the checks family; views of membership, grants and both together.</summary>
public enum ChecksRole
{
    OrgOwner,
    OrgAdmin,
    ProjectAdmin,
    ProjectEditor,
    ProjectViewer,
}

/// <summary>What may be offered and given in the checks family.</summary>
public enum InvitableRole
{
    OrgAdmin,
    ProjectAdmin,
    ProjectEditor,
    ProjectViewer,
}

internal static class ChecksRoles
{
    /// <summary>A member by his membership and the strongest of his grants.</summary>
    public static ChecksRole Of(OrganizationRole role, params IEnumerable<ProjectRole> grants) => role switch
    {
        OrganizationRole.Owner => ChecksRole.OrgOwner,
        OrganizationRole.Admin => ChecksRole.OrgAdmin,
        _ => grants.Append(ProjectRole.ProjectViewer).Min() switch
        {
            ProjectRole.ProjectAdmin => ChecksRole.ProjectAdmin,
            ProjectRole.ProjectEditor => ChecksRole.ProjectEditor,
            _ => ChecksRole.ProjectViewer,
        },
    };

    /// <summary>A member seen from one project.</summary>
    public static ChecksRole On(OrganizationAccess access, Guid projectId) =>
        Of(access.Role!.Value, access.GrantOn(projectId) is { } grant ? [grant] : []);

    public static bool IsOfProjects(this InvitableRole role) => role is InvitableRole.ProjectAdmin or InvitableRole.ProjectEditor;

    /// <summary>How the role is stored: the membership's role, and whether it is bound to projects.</summary>
    public static (OrganizationRole Role, bool ProjectBound) Stored(this InvitableRole role) => role switch
    {
        InvitableRole.OrgAdmin => (OrganizationRole.Admin, false),
        InvitableRole.ProjectViewer => (OrganizationRole.Viewer, false),
        _ => (OrganizationRole.Member, true),
    };

    public static IReadOnlyList<ProjectGrant> Grants(this InvitableRole role, IEnumerable<Guid> projects) => role switch
    {
        InvitableRole.ProjectAdmin => [.. projects.Select(project => new ProjectGrant(project, ProjectRole.ProjectAdmin))],
        InvitableRole.ProjectEditor => [.. projects.Select(project => new ProjectGrant(project, ProjectRole.ProjectEditor))],
        _ => [],
    };
}
