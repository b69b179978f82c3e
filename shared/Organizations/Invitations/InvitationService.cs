using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Invites people to an organization, sends invitations again, changes and withdraws them. The caller's permission was checked before.</summary>
public sealed class InvitationService(
    PlatformDbContext db, CallerScope scope, RightsChange rights, InvitationRules rules, InvitationSender sender, AuditTrail audit, IOptions<OrganizationOptions> options)
{
    public Task<Result<SentInvitation>> InviteAsync(Guid organizationId, NewInvitation wanted, CancellationToken ct) =>
        SendAsync(organizationId, token => AddAsync(organizationId, wanted, token, ct), ct);

    /// <summary>Sends a waiting or expired invitation again, with a new link and a new term: at most once a minute and ten times.</summary>
    public Task<Result<SentInvitation>> ResendAsync(Guid organizationId, Guid invitationId, CancellationToken ct) =>
        SendAsync(organizationId, token => RenewAsync(organizationId, invitationId, token, ct), ct);

    /// <summary>Withdraws an invitation; withdrawing twice changes nothing.</summary>
    public async Task<Result<Invitation>> RevokeAsync(Guid organizationId, Guid invitationId, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.System(organizationId));
        return await rights.RunAsync(organizationId, () => WithdrawAsync(organizationId, invitationId, ct), ct);
    }

    /// <summary>Changes what a waiting invitation offers.</summary>
    public async Task<Result<Invitation>> ChangeAsync(Guid organizationId, Guid invitationId, InvitationChange change, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.System(organizationId));
        return await rights.RunAsync(organizationId, () => ApplyAsync(organizationId, invitationId, change, ct), ct);
    }

    private async Task<Result<SentInvitation>> SendAsync(Guid organizationId, Func<string, Task<Result<Invitation>>> store, CancellationToken ct)
    {
        var token = InvitationToken.Create();
        using var acting = db.ActAs(Caller.System(organizationId));
        try
        {
            var stored = await rights.RunAsync(organizationId, () => store(token), ct);
            return stored.IsOk ? await sender.SendAsync(stored.Value, token, ct) : stored.Error;
        }
        catch (DbUpdateException lost) when (lost.IsUniqueViolation())
        {
            return InvitationErrors.AlreadyInvited;
        }
    }

    private async Task<Result<Invitation>> AddAsync(Guid organizationId, NewInvitation wanted, string token, CancellationToken ct)
    {
        if (await rules.RefusalAsync(organizationId, wanted, ct) is { } refusal)
            return refusal;
        var now = sender.Now;
        var email = User.Key(wanted.Email);
        await db.Invitations.Where(row => row.OrganizationId == organizationId && row.EmailKey == email && row.State == InvitationState.Pending)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, InvitationState.Expired).SetProperty(row => row.ClosedAt, now), ct);
        var invitation = new Invitation
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = organizationId,
            Email = email,
            EmailKey = email,
            Role = wanted.Role,
            ProjectBound = wanted.ProjectBound,
            CustomRoleIds = wanted.CustomRoleIds,
            RolesProjectId = wanted.RolesProjectId,
            ProjectGrants = wanted.Grants,
            Message = wanted.Message,
            TokenHash = InvitationToken.Hash(token),
            ExpiresAt = now + Term,
            InviterId = scope.Current.UserId!.Value,
            LastSentAt = now,
            CreatedAt = now,
        };
        db.Add(invitation);
        audit.Target("invitation", invitation.Id, email);
        audit.Change("role", from: null, wanted.Role);
        db.Raise(new InvitationCreated(scope.Current.UserId, invitation.Id, wanted.Role) { OrganizationId = organizationId });
        await db.SaveChangesAsync(ct);
        return invitation;
    }

    private async Task<Result<Invitation>> RenewAsync(Guid organizationId, Guid invitationId, string token, CancellationToken ct)
    {
        if (await FindAsync(organizationId, invitationId, ct) is not { } invitation)
            return InvitationErrors.NotFound;
        if (await rules.RefusalAsync(invitation, invitation.Role, [], ct) is { } rank)
            return rank;
        if (invitation.SendAgain(InvitationToken.Hash(token), scope.Current.UserId!.Value, sender.Now, Term) is { } refusal)
            return refusal;
        if (await rules.RefusalAsync(organizationId, invitation.EmailKey, invitation.Id, ct) is { } taken)
            return taken;
        audit.Target("invitation", invitation.Id, invitation.Email);
        await db.SaveChangesAsync(ct);
        return invitation;
    }

    private async Task<Result<Invitation>> WithdrawAsync(Guid organizationId, Guid invitationId, CancellationToken ct)
    {
        if (await FindAsync(organizationId, invitationId, ct) is not { } invitation)
            return InvitationErrors.NotFound;
        audit.Target("invitation", invitation.Id, invitation.Email);
        if (invitation.State == InvitationState.Revoked)
            return invitation;
        if (await rules.RefusalAsync(invitation, invitation.Role, [], ct) is { } rank)
            return rank;
        if (invitation.Revoke(sender.Now) is { } refusal)
            return refusal;
        db.Raise(new InvitationCancelled(scope.Current.UserId, invitation.Id) { OrganizationId = organizationId });
        await db.SaveChangesAsync(ct);
        return invitation;
    }

    private async Task<Result<Invitation>> ApplyAsync(Guid organizationId, Guid invitationId, InvitationChange change, CancellationToken ct)
    {
        if (await FindAsync(organizationId, invitationId, ct) is not { } invitation)
            return InvitationErrors.NotFound;
        if (invitation.RefusalAt(sender.Now) is { } over)
            return over;
        var role = change.Role ?? invitation.Role;
        if (await rules.RefusalAsync(invitation, role, change.CustomRoleIds ?? [], ct) is { } refusal)
            return refusal;
        audit.Target("invitation", invitation.Id, invitation.Email);
        audit.Change("role", invitation.Role, role);
        if (change.Role is not null)
            (invitation.Role, invitation.ProjectBound, invitation.InviterId) = (role, false, scope.Current.UserId!.Value);
        if (change.CustomRoleIds is { } roles)
            (invitation.CustomRoleIds, invitation.RolesProjectId, invitation.InviterId) = (roles, null, scope.Current.UserId!.Value);
        await db.SaveChangesAsync(ct);
        return invitation;
    }

    private Task<Invitation?> FindAsync(Guid organizationId, Guid invitationId, CancellationToken ct) =>
        db.Invitations.SingleOrDefaultAsync(row => row.Id == invitationId && row.OrganizationId == organizationId, ct);

    private TimeSpan Term => TimeSpan.FromDays(options.Value.InvitationDays);
}
