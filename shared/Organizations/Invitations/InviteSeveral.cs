using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>What became of one of several invitations.</summary>
public sealed record InviteOutcome(string Email, SentInvitation? Sent, Error? Refusal);

/// <summary>Invites several addresses in turn; each is an invitation of its own, with its own audit entry, and one that is refused keeps no other.</summary>
public sealed class InviteSeveral(PlatformDbContext db, CallerScope current, IdempotentRequest idempotency, IServiceScopeFactory scopes)
{
    public async Task<IReadOnlyList<InviteOutcome>> InviteAsync(Guid organizationId, IReadOnlyList<NewInvitation> wanted, CancellationToken ct)
    {
        var outcomes = new List<InviteOutcome>();
        foreach (var invitation in wanted)
        {
            var sent = await InviteAsync(organizationId, invitation, ct);
            outcomes.Add(new InviteOutcome(invitation.Email, sent.IsOk ? sent.Value : null, sent.Error));
        }
        if (!outcomes.Exists(outcome => outcome.Sent is not null))
            return outcomes;
        idempotency.Complete(null); // the links are secrets
        await db.SaveChangesAsync(ct);
        return outcomes;
    }

    private async Task<Result<SentInvitation>> InviteAsync(Guid organizationId, NewInvitation wanted, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(current.Current, current.CorrelationId);
        var holder = scope.ServiceProvider.GetRequiredService<CallerScope>();
        (holder.IpAddress, holder.UserAgent) = (current.IpAddress, current.UserAgent);
        var audit = scope.ServiceProvider.GetRequiredService<AuditTrail>();
        audit.Begin("team.invite", resourceId: null);
        var sent = await scope.ServiceProvider.GetRequiredService<InvitationService>().InviteAsync(organizationId, wanted, ct);
        await audit.EndAsync(sent.IsOk ? null : sent.Error, ct);
        return sent;
    }
}
