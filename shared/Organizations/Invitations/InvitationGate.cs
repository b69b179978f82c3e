using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Opens a closed sign-up for those who were invited.</summary>
internal sealed class InvitationGate(InvitationQueries invitations) : IInvitationGate
{
    public async Task<InvitationStanding> FindAsync(string token, string email, CancellationToken ct)
    {
        var found = await invitations.FindByTokenAsync(token, ct);
        if (!found.IsOk)
            return found.Error == InvitationErrors.NotFound ? InvitationStanding.Unknown : InvitationStanding.Expired;
        return found.Value.Invitation.EmailKey == User.Key(email) ? InvitationStanding.Pending : InvitationStanding.Unknown;
    }
}
