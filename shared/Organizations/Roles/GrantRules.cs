using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>
/// Who may grant what (delivery.md §4.3, reconciliation.md §1.3), for every face: the rules of one actor. Ask them inside a <see cref="RightsChange"/> with the
/// rights read there, so that no two changes pass each other.
/// </summary>
/// <param name="actor">What he may do, before the scopes of an access token.</param>
/// <param name="scopes">Of the access token that he acts with; null for sessions.</param>
/// <param name="scopePatterns">The same as they are written.</param>
public sealed class GrantRules(OrganizationAccess actor, PermissionSet? scopes = null, IReadOnlyList<string>? scopePatterns = null)
{
    /// <summary>The rules of a caller in one of his organizations.</summary>
    public static async Task<GrantRules> OfAsync(PlatformDbContext db, Caller caller, Guid organizationId, DateTimeOffset now, CancellationToken ct) => new(
        await AccessReader.ReadAsync(db, caller.UserId!.Value, organizationId, now, ct),
        caller.Scopes,
        caller.ScopePatterns ?? (caller.Scopes is null ? null : []));

    /// <summary>The permission that a change needs, as of now: the caller's own view of it may be two seconds old.</summary>
    public Error? Need(string permission, Guid? projectId) =>
        actor.In(projectId).Contains(permission) && scopes?.Contains(permission) != false ? null : PermissionErrors.Missing(permission, scopes is not null);

    /// <summary>Owners handle every role; others what lies below admin and not above themselves.</summary>
    public bool Handles(OrganizationRole role) =>
        actor.Rank == OrganizationRole.Owner || (actor.Rank is { } rank && role >= OrganizationRole.Member && rank <= role);

    /// <summary>Rule 1: nobody gives what he does not hold in the same place; a wildcard only who holds it, with the names to come.</summary>
    public Error? Give(IEnumerable<string> patterns, Guid? projectId) =>
        patterns.FirstOrDefault(pattern => !Covers(pattern, projectId)) is { } missing ? RoleErrors.Escalation(missing) : null;

    /// <summary>Rule 2: to change, delete or take away a role, or who has it, one holds all of it.</summary>
    public Error? Touch(PermissionSet permissions, Guid? projectId) =>
        permissions.Except(Held(projectId)).Names is [var missing, ..] ? RoleErrors.Escalation(missing) : null;

    /// <summary>Rules 1 and 2 for giving a role to somebody else.</summary>
    public Error? Grant(RoleRights role, Guid? projectId) => Give(role.Patterns, projectId) ?? Touch(role.Permissions, projectId);

    /// <summary>Giving a role beside that of the membership to a member, or prolonging it; nobody does it for himself.</summary>
    public Error? Assign(RoleRights role, Guid userId, Guid? projectId) => userId == actor.UserId ? RoleErrors.Self : Grant(role, projectId);

    /// <summary>Rule 3: giving the role of a membership.</summary>
    public Error? Admit(OrganizationRole role) => Handles(role) ? Give(BuiltInRoles.For(role).Patterns, null) : MemberErrors.Rank;

    /// <summary>Rule 3: changing the role of a membership. Nobody changes his own, except an owner who steps down.</summary>
    public Error? ChangeRole(Membership member, OrganizationRole to)
    {
        if (member.UserId == actor.UserId)
            return member.Role == OrganizationRole.Owner && to != OrganizationRole.Owner ? null : MemberErrors.OwnRole;
        return Remove(member) ?? Admit(to);
    }

    /// <summary>Rule 3: taking the role of a membership away.</summary>
    public Error? Remove(Membership member)
    {
        if (member.UserId == actor.UserId)
            return null;
        return Handles(member.Role) ? Touch(BuiltInRoles.For(member.Role).Permissions, null) : MemberErrors.Rank;
    }

    // Rule 6: a token gives no more than it has itself.
    private bool Covers(string pattern, Guid? projectId) => actor.Unsuspended.Covers(pattern, projectId)
        && (scopes is null || (PermissionPatterns.IsWildcard(pattern) ? scopePatterns!.Any(scope => PermissionPatterns.Covers(scope, pattern)) : scopes.Contains(pattern)));

    private PermissionSet Held(Guid? projectId) => scopes is null ? actor.Unsuspended.In(projectId) : actor.Unsuspended.In(projectId).Intersect(scopes);
}
