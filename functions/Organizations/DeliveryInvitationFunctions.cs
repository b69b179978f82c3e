using Microsoft.AspNetCore.Http;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Invitations as the delivery family shows them.</summary>
[Api(Family.Delivery)]
public sealed class DeliveryInvitationFunctions(
    DeliveryTeam team, TeamQueries queries, InvitationQueries received, InvitationService invitations, AcceptInvitation acceptance, Caller caller)
{
    /// <summary>Join the organization that the link invites to.</summary>
    [Function("TeamInvitations_Accept")]
    [Operation(Permissions.ProfileWrite, Rate.Acceptance, Auth = Auth.SessionOnly, Audit = "team.join")]
    public async Task<Result<TeamJoined>> AcceptAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/team/invitations/{inviteToken}/accept")] HttpRequest http, string inviteToken, CancellationToken ct)
    {
        var joined = await acceptance.AcceptAsync(inviteToken, takenByMembers: true, ct);
        if (!joined.IsOk)
            return DeliveryTeam.Words(joined.Error);
        var member = joined.Value.Member;
        var entry = await queries.FindAsync(member.OrganizationId, member.Id, ct);
        return new TeamJoined(TeamMember.Of(entry!), new OrganizationName(member.OrganizationId, joined.Value.OrganizationName));
    }

    /// <summary>List the open invitations of the organization, or those to the caller's own address.</summary>
    [Function("TeamInvitations_ListPending")]
    [Operation(Permissions.TeamRead, Rate.Default, ObjectFirst = true, Query = typeof(PendingFilter), Response = typeof(Page<TeamMember>), AlternativeResponse = typeof(Page<ReceivedInvitation>))]
    public async Task<object> ListPendingAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/team/invitations/pending")] HttpRequest http, CancellationToken ct)
    {
        var filter = http.ReadQuery<PendingFilter>();
        var needed = filter is { IsOk: true, Value.Scope: InvitationDirection.Received } ? Permissions.ProfileRead : Permissions.TeamRead;
        if (!caller.CanIn(null, needed))
            return (Result<Nothing>)PermissionErrors.Missing(caller, needed);
        if (!filter.IsOk)
            return (Result<Nothing>)filter.Error;
        if (filter.Value.Scope == InvitationDirection.Received)
            return await ListReceivedAsync(filter.Value, ct);
        return await team.ListAsync(new TeamSearch { Status = TeamStatus.Pending, Limit = filter.Value.Limit, Offset = filter.Value.Offset }, ct);
    }

    /// <summary>Send an invitation again with a new link; the old one is dead.</summary>
    [Function("TeamInvitations_Resend")]
    [Operation(Permissions.TeamInvite, Rate.Default, ObjectFirst = true, Audit = "team.invitation_resend")]
    public async Task<Result<InvitedMember>> ResendAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/team/invitations/{memberId}/resend")] HttpRequest http, string memberId, CancellationToken ct)
    {
        var found = await team.FindAsync(memberId, Permissions.TeamInvite, ct);
        if (!found.IsOk)
            return found.Error;
        if (found.Value.Invitation is not { } invitation)
            return InvitationErrors.Accepted;
        var sent = await invitations.ResendAsync(caller.OrganizationId!.Value, invitation.Id, ct);
        return sent.IsOk ? await team.ShowAsync(sent.Value, ct) : DeliveryTeam.Words(sent.Error);
    }

    private async Task<Page<ReceivedInvitation>> ListReceivedAsync(PendingFilter filter, CancellationToken ct)
    {
        var all = await received.ListReceivedAsync(caller.UserId!.Value, ct);
        return new Page<ReceivedInvitation>([.. all.Skip(filter.Offset).Take(filter.Limit).Select(View)], all.Count, filter.Limit, filter.Offset);
    }

    private static ReceivedInvitation View(InvitationDetails details)
    {
        var invitation = details.Invitation;
        var organization = new OrganizationName(invitation.OrganizationId, details.OrganizationName);
        return new ReceivedInvitation(
            invitation.Id, invitation.Email, invitation.Role, invitation.Message, invitation.CreatedAt, invitation.ExpiresAt, organization, details.InviterName);
    }
}
