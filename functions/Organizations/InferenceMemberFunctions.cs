using Microsoft.AspNetCore.Http;
using Platform.Data;
using Platform.Functions.Identity;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Members of the current organization as the inference family shows them.</summary>
[Api(Family.Inference)]
public sealed class InferenceMemberFunctions(
    MemberQueries queries, MemberService members, MemberRemoval removal, SessionRenewal sessions, SessionCookies cookies, Caller caller)
{
    private const string Member = "organizations/current/members/{userId}";

    private Guid Organization => caller.OrganizationId!.Value;

    /// <summary>List members by rank, then by time of joining.</summary>
    [Function("InferenceMembers_List")]
    [Operation(Permissions.TeamRead, Rate.Default)]
    public async Task<Result<IReadOnlyList<InferenceMemberRow>>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "organizations/current/members")] HttpRequest http, CancellationToken ct) =>
        (await queries.ListAsync(Organization, ct)).Select(InferenceMemberRow.From).ToList();

    /// <summary>Set a member's role.</summary>
    [Function("InferenceMembers_SetRole")]
    [Operation(Permissions.TeamManage, Rate.Default, Audit = "team.role_change", ObjectFirst = true, Body = typeof(InferenceRoleBody))]
    public async Task<Result<InferenceRoleSet>> SetRoleAsync([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Member)] HttpRequest http, string userId, CancellationToken ct)
    {
        if (!caller.Can(Permissions.TeamManage))
            return Refusal(InferenceWords.RoleChange);
        if (!Guid.TryParse(userId, out var member))
            return InferenceWords.InvalidId;
        var body = await http.ReadBodyAsync<InferenceRoleBody>(ct);
        if (!body.IsOk)
            return body.Error;
        if (RoleOf(body.Value.Role) is not { } role)
            return InferenceWords.InvalidRole;
        var changed = await members.ChangeAsync(Organization, new MemberChange { UserId = member, Role = role }, ct);
        return changed.IsOk ? new InferenceRoleSet(member, role) : InferenceWords.OfRoleChange(changed.Error);
    }

    /// <summary>Remove a member, or myself.</summary>
    [Function("InferenceMembers_Remove")]
    [Operation(Permissions.TeamManage, Rate.Default, Audit = "team.remove", ObjectFirst = true)]
    public async Task<Result<InferenceDone>> RemoveAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Member)] HttpRequest http, string userId, CancellationToken ct)
    {
        var isMember = Guid.TryParse(userId, out var member);
        var isOneself = member == caller.UserId && caller.SessionId is not null;
        if (!isOneself && !caller.Can(Permissions.TeamManage))
            return Refusal(InferenceWords.Removal);
        if (!isMember)
            return InferenceWords.InvalidId;
        var removed = await removal.RemoveAsync(Organization, member, sparesOwners: false, ct);
        return removed.IsOk ? new InferenceDone() : InferenceWords.OfRemoval(removed.Error);
    }

    /// <summary>Leave the organization; the session goes on in my personal one with a new token and cookies.</summary>
    [Function("InferenceMembers_Leave")]
    [Operation(Permissions.ProfileWrite, Rate.Default, Auth = Auth.SessionOnly, Audit = "team.leave")]
    public async Task<Result<InferenceLeft>> LeaveAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "organizations/current/leave")] HttpRequest http, CancellationToken ct)
    {
        var left = await removal.RemoveAsync(Organization, caller.UserId!.Value, sparesOwners: false, ct);
        if (!left.IsOk)
            return InferenceWords.OfRemoval(left.Error);
        var signedIn = await sessions.RenewAsync(caller.SessionId!.Value, ct);
        cookies.Write(http.HttpContext, signedIn);
        return new InferenceLeft(signedIn.Session.ActiveOrganizationId, signedIn.AccessToken);
    }

    // A token without the scope is told so; a role without the right gets the word of the operation.
    private Error Refusal(Error word) => caller.Credential == CredentialKind.AccessToken ? PermissionErrors.Missing(caller, Permissions.TeamManage) : word;

    private static OrganizationRole? RoleOf(string word) => word switch
    {
        "user" or "manager" => OrganizationRole.Member,
        _ => EnumWords<OrganizationRole>.TryParse(word, out var role) ? role : null,
    };
}
