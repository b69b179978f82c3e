using Microsoft.AspNetCore.Http;
using Platform.Idempotency;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Invitations to the active organization, and what their links open, as the checks family shows them.</summary>
[Api(Family.Checks)]
public sealed class ChecksInvitationFunctions(
    InvitationQueries queries, InvitationService invitations, AcceptInvitation acceptance, ActivePlace place, IdempotentRequest idempotency, Caller caller)
{
    private Guid Organization => caller.OrganizationId!.Value;

    /// <summary>List all invitations of the organization, whatever became of them.</summary>
    [Function("ChecksInvitations_List")]
    [Operation(Permissions.TeamManage, Rate.Default)]
    public async Task<Result<DataAnswer<IReadOnlyList<InvitationRow>>>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/organizations/invitations")] HttpRequest http, CancellationToken ct) =>
        new DataAnswer<IReadOnlyList<InvitationRow>>([.. (await queries.ListAsync(Organization, ct)).Select(InvitationRow.From)]);

    /// <summary>Invite somebody by e-mail; the answer shows the link once.</summary>
    [Function("ChecksInvitations_Create")]
    [Operation(Permissions.TeamInvite, Rate.Invitation, Audit = "team.invite", Idempotent = true, Body = typeof(InviteBody))]
    public async Task<Result<DataAnswer<InvitationSent>>> InviteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/organizations/members/invite")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<InviteBody>(ct);
        if (!body.IsOk)
            return body.Error;
        var role = body.Value.Role!.Value;
        var (stored, bound) = role.Stored();
        idempotency.Complete(null); // the link is a secret
        var wanted = new NewInvitation(body.Value.Email, stored) { ProjectBound = bound, Grants = role.Grants(ProjectSelection.Ids(body.Value.SelectedProjects)) };
        return Answer(await invitations.InviteAsync(Organization, wanted, ct));
    }

    /// <summary>Send an invitation again with a new link, good for another seven days; the old link is dead.</summary>
    [Function("ChecksInvitations_Resend")]
    [Operation(Permissions.TeamInvite, Rate.Invitation, Audit = "team.invitation_resend")]
    public async Task<Result<DataAnswer<InvitationSent>>> ResendAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/organizations/members/invite/{invitationId}")] HttpRequest http, string invitationId, CancellationToken ct) =>
        Answer(await invitations.ResendAsync(Organization, invitationId.ToId(), ct));

    /// <summary>Cancel an invitation.</summary>
    [Function("ChecksInvitations_Cancel")]
    [Operation(Permissions.TeamInvite, Rate.Default, Audit = "team.invitation_revoke")]
    public async Task<Result<MessageAnswer>> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/organizations/members/invite/{invitationId}")] HttpRequest http, string invitationId, CancellationToken ct)
    {
        var revoked = await invitations.RevokeAsync(Organization, invitationId.ToId(), ct);
        return revoked.IsOk ? new MessageAnswer("Invitation cancelled successfully") : ChecksWords.Of(revoked.Error);
    }

    /// <summary>Show the invitation of a link.</summary>
    [Function("ChecksInvitations_Show")]
    [Operation(Permissions.Public, Rate.Default)]
    public async Task<Result<DataAnswer<InvitationShown>>> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/invite/{token}")] HttpRequest http, string token, CancellationToken ct)
    {
        var found = await queries.FindByTokenAsync(token, ct);
        return found.IsOk ? new DataAnswer<InvitationShown>(InvitationShown.From(found.Value)) : ChecksWords.Of(found.Error);
    }

    /// <summary>Accept the invitation of a link; the organization becomes the session's active one.</summary>
    [Function("ChecksInvitations_Accept")]
    [Operation(Permissions.ProfileWrite, Rate.Sensitive, Auth = Auth.SessionOnly, Audit = "team.join")]
    public async Task<Result<DataAnswer<InvitationJoined>>> AcceptAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/invite/{token}")] HttpRequest http, string token, CancellationToken ct)
    {
        var joined = await acceptance.AcceptAsync(token, takenByMembers: false, ct);
        if (!joined.IsOk)
            return ChecksWords.Of(joined.Error);
        var (member, name, grants, _) = joined.Value;
        var project = grants is [var first, ..] ? first.ProjectId : await place.ProjectInAsync(member.UserId, member.OrganizationId, ct);
        await place.EnterAsync(member.OrganizationId, project, ct);
        var role = ChecksRoles.Of(member.Role, grants.Select(grant => grant.Role));
        return new DataAnswer<InvitationJoined>(new InvitationJoined(name, role, "Invitation accepted successfully"));
    }

    private static Result<DataAnswer<InvitationSent>> Answer(Result<SentInvitation> sent) =>
        sent.IsOk ? new DataAnswer<InvitationSent>(InvitationSent.From(sent.Value)) : ChecksWords.Of(sent.Error);
}
