using System.Text.Json;
using Platform.Admin;
using Platform.Functions.Organizations;

namespace Platform.Functions.Admin;

/// <summary>The role words of the checks family for a user over all his organizations.</summary>
internal static class ChecksUserRoles
{
    private const string SuperAdmin = "super_admin";

    public static ChecksRole Of(UserMembership membership) => ChecksRoles.Of(membership.Role, membership.Grant is { } grant ? [grant] : []);

    /// <summary>The strongest of a user's roles; operators are above them.</summary>
    public static string HighestOf(UserRecord record) => record.User.PlatformRole == PlatformRole.Admin
        ? SuperAdmin
        : JsonNamingPolicy.SnakeCaseLower.ConvertName(record.Memberships.Select(Of).Append(ChecksRole.ProjectViewer).Min().ToString());

    /// <summary>As people read it.</summary>
    public static string DisplayOf(ChecksRole role) => role switch
    {
        ChecksRole.OrgOwner => "Organization Owner",
        ChecksRole.OrgAdmin => "Organization Admin",
        ChecksRole.ProjectAdmin => "Project Admin",
        ChecksRole.ProjectEditor => "Project Editor",
        _ => "Project Viewer",
    };
}
