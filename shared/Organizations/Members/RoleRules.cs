namespace Platform.Organizations;

/// <summary>Who may give, change and take away membership roles.</summary>
public static class RoleRules
{
    /// <summary>What a user counts as on a project of his organization, seen from the project: his grant, or what his membership makes of him.</summary>
    public static ProjectRole RankOn(OrganizationAccess access, Guid projectId) =>
        access.Role <= OrganizationRole.Admin ? ProjectRole.ProjectAdmin : access.GrantOn(projectId) ?? ProjectRole.ProjectViewer;
}
