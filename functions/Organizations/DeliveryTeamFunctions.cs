using Microsoft.AspNetCore.Http;
using Platform.Idempotency;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Members and open invitations of the active organization as the delivery family shows them.</summary>
[Api(Family.Delivery)]
public sealed class DeliveryTeamFunctions(DeliveryTeam team, InvitationService invitations, InviteSeveral several, IdempotentRequest idempotency, Caller caller)
{
    private const string Member = "api/team/members/{memberId}";

    private Guid Organization => caller.OrganizationId!.Value;

    /// <summary>Invite one address, or several, which are answered one by one; the answer shows each link once.</summary>
    [Function("Team_Invite")]
    [Operation(Permissions.TeamInvite, Rate.Default, Success = 201, Idempotent = true, Audit = "team.invite", Body = typeof(TeamInvite), Response = typeof(InvitedMember), AlternativeResponse = typeof(InviteResults))]
    public async Task<object> InviteAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/team/members")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<TeamInvite>(ct);
        if (!body.IsOk)
            return (Result<InvitedMember>)body.Error;
        var wanted = body.Value;
        if (wanted.Emails is { } emails)
            return await team.AnswerAsync(await several.InviteAsync(Organization, [.. emails.Where(DeliveryTeam.IsAddress).Select(wanted.For)], ct), emails, ct);
        idempotency.Complete(null); // the link is a secret
        var sent = await invitations.InviteAsync(Organization, wanted.For(wanted.Email!), ct);
        return sent.IsOk ? (Result<InvitedMember>)await team.ShowAsync(sent.Value, ct) : DeliveryTeam.Words(sent.Error);
    }

    /// <summary>List members and open invitations.</summary>
    [Function("Team_List")]
    [Operation(Permissions.TeamRead, Rate.Default, Query = typeof(TeamFilter))]
    public async Task<Result<Page<TeamMember>>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/team/members")] HttpRequest http, CancellationToken ct)
    {
        var filter = http.ReadQuery<TeamFilter>();
        return filter.IsOk ? await team.ListAsync(filter.Value.ToSearch(), ct) : filter.Error;
    }

    /// <summary>Show one member or invitation; <c>me</c> is the caller.</summary>
    [Function("Team_Get")]
    [Operation(Permissions.TeamRead, Rate.Default, ObjectFirst = true)]
    public async Task<Result<TeamMemberDetails>> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Member)] HttpRequest http, string memberId, CancellationToken ct)
    {
        var found = await team.FindAsync(memberId, Permissions.TeamRead, ct);
        return found.IsOk ? await team.DetailsAsync(found.Value, ct) : found.Error;
    }

    /// <summary>Change the role of a member or open invitation, and replace the custom roles.</summary>
    [Function("Team_ChangeRole")]
    [Operation(Permissions.TeamManage, Rate.Sensitive, ObjectFirst = true, Audit = "team.role_change", Body = typeof(TeamRoleChange))]
    public async Task<Result<TeamMember>> ChangeRoleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/team/members/{memberId}/role")] HttpRequest http, string memberId, CancellationToken ct)
    {
        var found = await team.FindAsync(memberId, Permissions.TeamManage, ct);
        if (!found.IsOk)
            return found.Error;
        var body = await http.ReadBodyAsync<TeamRoleChange>(ct);
        return body.IsOk ? await team.ChangeAsync(found.Value, body.Value, ct) : body.Error;
    }

    /// <summary>Remove a member, leave, or withdraw an invitation.</summary>
    [Function("Team_Remove")]
    [Operation(Permissions.TeamManage, Rate.Sensitive, ObjectFirst = true, Audit = "team.remove")]
    public async Task<Result<TeamMemberRemoved>> RemoveAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Member)] HttpRequest http, string memberId, CancellationToken ct)
    {
        var found = await team.FindAsync(memberId, Permissions.TeamManage, ct, orOneself: true);
        return found.IsOk ? await team.RemoveAsync(found.Value, ct) : found.Error;
    }
}
