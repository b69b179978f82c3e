using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

using Platform.Identity;

namespace Platform.Data;

/// <summary>Refuses to write another tenant's row. Query filters only guard reads; a violation is a bug of ours and therefore a fault.</summary>
internal static class TenantGuard
{
    public static void Check(Caller caller, EntityEntry entry)
    {
        if (caller.IsOperator && entry.Entity is IOperatorVisible)
            return;

        var allowed = entry.Entity switch
        {
            IUserOwned row => AllowsUser(caller, row.UserId, row.OrganizationId) && AllowsOriginal(caller, entry, userOwned: true),
            IOptionallyOwned row => AllowsUser(caller, row.UserId, row.OrganizationId) && AllowsOriginal(caller, entry, userOwned: true),
            IProjectOwned row => AllowsOrganization(caller, row.OrganizationId) && AllowsProject(caller, row.ProjectId)
                && AllowsOriginal(caller, entry, userOwned: false),
            IOrganizationOwned row => AllowsOrganization(caller, row.OrganizationId) && AllowsOriginal(caller, entry, userOwned: false),
            _ => true,
        };
        if (!allowed)
            throw new TenantViolationException(entry.Metadata.ClrType.Name, entry.State.ToString(), caller.Kind);
    }

    // A row must not be moved out of a foreign tenant either.
    private static bool AllowsOriginal(Caller caller, EntityEntry entry, bool userOwned)
    {
        if (entry.State != EntityState.Modified)
            return true;
        var organization = entry.OriginalValues[nameof(IOptionallyOwned.OrganizationId)] as Guid?;
        return userOwned
            ? AllowsUser(caller, entry.OriginalValues[nameof(IOptionallyOwned.UserId)] as Guid?, organization)
            : AllowsOrganization(caller, organization);
    }

    private static bool AllowsUser(Caller caller, Guid? user, Guid? organization)
    {
        if (user == Guid.Empty || organization == Guid.Empty)
            return false;
        return caller.Kind switch
        {
            CallerKind.Platform => true,
            CallerKind.System => organization == caller.OrganizationId,
            CallerKind.User => user is not null && user == caller.UserId
                && (caller.Credential != CredentialKind.AccessToken || organization == caller.OrganizationId),
            _ => false,
        };
    }

    private static bool AllowsOrganization(Caller caller, Guid? organization)
    {
        if (organization is null || organization == Guid.Empty)
            return false;
        return caller.Kind switch
        {
            CallerKind.Platform => true,
            CallerKind.System or CallerKind.User => organization == caller.OrganizationId,
            _ => false,
        };
    }

    private static bool AllowsProject(Caller caller, Guid project) =>
        caller.TokenProjects is not { } projects || projects.Contains(project);
}
