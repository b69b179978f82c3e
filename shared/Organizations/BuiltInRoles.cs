using Platform.Identity;

namespace Platform.Organizations;

/// <summary>The permissions that built-in roles hold, worked out once from the registry.</summary>
public static class BuiltInRoles
{
    private static readonly PermissionSet[] Sets = Build();

    /// <summary>
    /// What a member may do while a project is active: his organization role, the grant on the project if there is one, what every user may do for himself,
    /// and for an operator in a session the platform's permissions.
    /// </summary>
    public static PermissionSet Of(OrganizationRole role, ProjectRole? grant, bool isOperator) => Sets[Index(role, grant, isOperator)];

    /// <summary>As <see cref="Of"/> for a user without a place in any organization.</summary>
    public static PermissionSet OfOutsider(bool isOperator) => isOperator ? OperatorOnly : SelfOnly;

    private static readonly PermissionSet SelfOnly = new(Names(entry => entry.Holder == PermissionHolder.Self));

    private static readonly PermissionSet OperatorOnly = new(Names(entry => entry.Holder is PermissionHolder.Self or PermissionHolder.Platform));

    private static int Index(OrganizationRole role, ProjectRole? grant, bool isOperator) =>
        (((int)role * 4) + (grant is { } given ? (int)given + 1 : 0)) * 2 + (isOperator ? 1 : 0);

    private static PermissionSet[] Build()
    {
        var sets = new PermissionSet[32];
        foreach (var role in Enum.GetValues<OrganizationRole>())
        {
            foreach (var grant in new ProjectRole?[] { null, ProjectRole.ProjectAdmin, ProjectRole.ProjectEditor, ProjectRole.ProjectViewer })
            {
                foreach (var isOperator in new[] { false, true })
                    sets[Index(role, grant, isOperator)] = new(Names(entry => Holds(entry.Holder, role, grant, isOperator)));
            }
        }
        return sets;
    }

    private static bool Holds(PermissionHolder holder, OrganizationRole role, ProjectRole? grant, bool isOperator) => holder switch
    {
        PermissionHolder.Self => true,
        PermissionHolder.Viewer => true,
        PermissionHolder.Member => role <= OrganizationRole.Member,
        PermissionHolder.Admin => role <= OrganizationRole.Admin,
        PermissionHolder.Owner => role == OrganizationRole.Owner,
        PermissionHolder.ProjectViewer => true,
        PermissionHolder.ProjectEditor => role <= OrganizationRole.Admin || grant <= ProjectRole.ProjectEditor,
        PermissionHolder.ProjectAdmin => role <= OrganizationRole.Admin || grant == ProjectRole.ProjectAdmin,
        _ => isOperator,
    };

    private static IEnumerable<string> Names(Func<PermissionEntry, bool> held) => PermissionRegistry.All.Where(held).Select(entry => entry.Name);
}
