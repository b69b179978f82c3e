using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>What the delivery family's operations on the team have in common: finding whom an id means, and its words and shapes.</summary>
public sealed class DeliveryTeam(
    TeamQueries queries, AccessDirectory access, ProjectQueries projects, MemberService members, MemberRemoval removal, InvitationService invitations, Caller caller)
{
    private const string Oneself = "me";

    private static readonly EmailFormAttribute EmailForm = new();
    private static readonly Error NoneSent = Error.Invalid("invitation.none_sent", "None of the invitations was sent");

    private Guid Organization => caller.OrganizationId!.Value;

    public static bool IsAddress(string email) => email.Trim().Length <= 254 && EmailForm.IsValid(email.Trim());

    /// <summary>An invitation that is over is gone.</summary>
    public static Error Words(Error error) => error.Code == InvitationErrors.Revoked.Code || error.Code == InvitationErrors.Expired.Code || error.Code == InvitationErrors.Used.Code
        ? error with { Kind = ErrorKind.Gone }
        : error;

    /// <summary>The member or invitation, if there is one (404) and the caller may (403).</summary>
    public async Task<Result<TeamEntry>> FindAsync(string memberId, string permission, CancellationToken ct, bool orOneself = false)
    {
        var found = memberId == Oneself ? await queries.FindUserAsync(Organization, caller.UserId!.Value, ct) : await queries.FindAsync(Organization, memberId.ToId(), ct);
        if (found is null)
            return MemberErrors.NotFound;
        var isOneself = orOneself && found.Person?.UserId == caller.UserId && caller.Credential != CredentialKind.AccessToken;
        return isOneself || caller.CanIn(null, permission) ? found : PermissionErrors.Missing(caller, permission);
    }

    public async Task<Page<TeamMember>> ListAsync(TeamSearch search, CancellationToken ct)
    {
        var page = await queries.ListAsync(Organization, search, ct);
        return new Page<TeamMember>([.. page.Items.Select(TeamMember.Of)], page.Total, page.Limit, page.Offset);
    }

    public async Task<TeamMemberDetails> DetailsAsync(TeamEntry entry, CancellationToken ct)
    {
        if (entry.Person is not { UserId: var userId })
            return new TeamMemberDetails(TeamMember.Of(entry));
        var rights = await access.FindAsync(userId, Organization, ct);
        var showsTokens = userId == caller.UserId || caller.CanIn(null, Permissions.TeamManage);
        return new TeamMemberDetails(TeamMember.Of(entry))
        {
            EffectivePermissions = [.. rights.In(null).Names.Order(StringComparer.Ordinal)],
            Projects = [.. (await projects.ListAsync(Organization, ct)).Select(project => new TeamProject(project.Id, project.Name))],
            TokenCount = showsTokens ? await queries.CountTokensAsync(Organization, userId, ct) : null,
        };
    }

    public async Task<Result<TeamMember>> ChangeAsync(TeamEntry entry, TeamRoleChange change, CancellationToken ct)
    {
        if (entry.Invitation is { } invitation)
        {
            var offered = await invitations.ChangeAsync(Organization, invitation.Id, new InvitationChange(change.Role, change.CustomRoleIds), ct);
            return offered.IsOk ? await ShowAsync(invitation.Id, ct) : Words(offered.Error);
        }
        var wanted = new MemberChange { UserId = entry.Person!.UserId, Role = change.Role, CustomRoleIds = change.CustomRoleIds };
        var changed = await members.ChangeAsync(Organization, wanted, ct);
        return changed.IsOk ? await ShowAsync(entry.Member!.Id, ct) : changed.Error;
    }

    public async Task<Result<TeamMemberRemoved>> RemoveAsync(TeamEntry entry, CancellationToken ct)
    {
        if (entry.Invitation is { } invitation)
        {
            var revoked = await invitations.RevokeAsync(Organization, invitation.Id, ct);
            return revoked.IsOk ? new TeamMemberRemoved(invitation.Id, Removed: true) : Words(revoked.Error);
        }
        var removed = await removal.RemoveAsync(Organization, entry.Person!.UserId, sparesOwners: false, ct);
        return removed.IsOk ? new TeamMemberRemoved(entry.Member!.Id, Removed: true) : removed.Error;
    }

    /// <summary>An invitation that was just sent, with its link.</summary>
    public async Task<InvitedMember> ShowAsync(SentInvitation sent, CancellationToken ct) => new(await ShowAsync(sent.Invitation.Id, ct), sent.Link);

    /// <summary>The outcomes in the order of the addresses; a refusal when none was sent.</summary>
    public async Task<Result<InviteResults>> AnswerAsync(IReadOnlyList<InviteOutcome> outcomes, IReadOnlyList<string> emails, CancellationToken ct)
    {
        var waiting = new Queue<InviteOutcome>(outcomes);
        var results = new List<InviteResult>();
        foreach (var email in emails)
            results.Add(IsAddress(email) ? await ResultAsync(waiting.Dequeue(), ct) : new InviteResult(email, null, "Value is not a valid email address", "validation_failed"));
        return results.Exists(result => result.Member is not null) ? new InviteResults(results) : NoneSent with { More = new Dictionary<string, object> { ["results"] = results } };
    }

    private async Task<InviteResult> ResultAsync(InviteOutcome outcome, CancellationToken ct) => outcome.Sent is { } sent
        ? new InviteResult(outcome.Email, await ShowAsync(sent, ct), null, null)
        : new InviteResult(outcome.Email, null, outcome.Refusal!.Message, outcome.Refusal.Code[(outcome.Refusal.Code.IndexOf('.', StringComparison.Ordinal) + 1)..]);

    private async Task<TeamMember> ShowAsync(Guid id, CancellationToken ct) => TeamMember.Of((await queries.FindAsync(Organization, id, ct))!);
}
