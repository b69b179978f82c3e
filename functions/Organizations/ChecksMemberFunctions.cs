using Microsoft.AspNetCore.Http;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Members of the active organization as the checks family shows them; a member is named by his user id.</summary>
[Api(Family.Checks)]
public sealed class ChecksMemberFunctions(MemberQueries queries, InvitationQueries invitations, MemberService members, MemberRemoval removal, Caller caller)
{
    private static readonly Error Oneself = Error.Forbidden("member.oneself", "You cannot remove yourself");

    private Guid Organization => caller.OrganizationId!.Value;

    /// <summary>List members, and invitations that wait or have expired.</summary>
    [Function("ChecksMembers_List")]
    [Operation(Permissions.TeamManage, Rate.Default)]
    public async Task<Result<DataAnswer<MemberList>>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/organizations/members")] HttpRequest http, CancellationToken ct)
    {
        var found = await queries.ListAsync(Organization, ct);
        var open = (await invitations.ListAsync(Organization, ct)).Where(invitation => invitation.State is InvitationState.Pending or InvitationState.Expired);
        var rows = found.Select(MemberRow.From).ToList();
        var mine = rows.Find(row => row.Id == caller.UserId)?.Role ?? ChecksRole.ProjectViewer;
        return new DataAnswer<MemberList>(new MemberList(rows, [.. open.Select(InvitationRow.From)], mine));
    }

    /// <summary>Give a member a role, and grants on projects where the role has them.</summary>
    [Function("ChecksMembers_Update")]
    [Operation(Permissions.TeamManage, Rate.Sensitive, Audit = "team.role_change", Body = typeof(MemberRoleBody))]
    public async Task<Result<MessageDataAnswer<MemberRoleChanged>>> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/organizations/members/{memberId}")] HttpRequest http, string memberId, CancellationToken ct)
    {
        if (await queries.FindAsync(Organization, memberId.ToId(), ct) is not { } before)
            return MemberErrors.NotFound;
        var body = await http.ReadBodyAsync<MemberRoleBody>(ct);
        if (!body.IsOk)
            return body.Error;
        var role = body.Value.Role!.Value;
        var projects = ProjectSelection.Ids(body.Value.ProjectAssignments);
        if (role.IsOfProjects() && projects.Count == 0)
            return ProjectErrors.BadSelection;
        var (stored, bound) = role.Stored();
        var change = new MemberChange { UserId = before.UserId, Role = stored, ProjectBound = bound, Grants = role.Grants(projects), SparesOwners = true };
        var changed = await members.ChangeAsync(Organization, change, ct);
        if (!changed.IsOk)
            return ChecksWords.Of(changed.Error);
        var old = ChecksRoles.Of(changed.Value.OldRole, changed.Value.OldGrants.Select(grant => grant.Role));
        return new MessageDataAnswer<MemberRoleChanged>("Member updated successfully", new MemberRoleChanged(before.UserId, ChecksRoles.Of(stored, change.Grants.Select(grant => grant.Role)), old));
    }

    /// <summary>Remove a member with his grants and access tokens of the organization.</summary>
    [Function("ChecksMembers_Remove")]
    [Operation(Permissions.TeamManage, Rate.Sensitive, Audit = "team.remove")]
    public async Task<Result<MessageDataAnswer<MemberGone>>> RemoveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/organizations/members/{memberId}")] HttpRequest http, string memberId, CancellationToken ct)
    {
        var userId = memberId.ToId();
        if (userId == caller.UserId)
            return Oneself;
        if (await queries.FindAsync(Organization, userId, ct) is not { } before)
            return MemberErrors.NotFound;
        var removed = await removal.RemoveAsync(Organization, userId, sparesOwners: true, ct);
        return removed.IsOk
            ? new MessageDataAnswer<MemberGone>("Member removed successfully", new MemberGone(userId, ChecksRoles.Of(removed.Value.Role, before.Grants.Select(grant => grant.Role))))
            : ChecksWords.Of(removed.Error);
    }

    /// <summary>List a member's grants in the active organization.</summary>
    [Function("ChecksMembers_ListGrants")]
    [Operation(Permissions.TeamManage, Rate.Default)]
    public async Task<Result<DataAnswer<MemberGrants>>> ListGrantsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/projects/members/{userId}")] HttpRequest http, string userId, CancellationToken ct)
    {
        if (await queries.FindAsync(Organization, userId.ToId(), ct) is not { } member)
            return ProjectErrors.UserNotFound;
        var grants = member.Grants.Select(grant => new MemberGrant(grant.ProjectId, grant.ProjectName, ChecksRoles.Of(OrganizationRole.Viewer, grant.Role)));
        return new DataAnswer<MemberGrants>(new MemberGrants(member.UserId, ChecksRoles.Of(member.Role, member.Grants.Select(grant => grant.Role)), [.. grants]));
    }
}
