namespace Platform.Identity;

public enum InvitationStanding
{
    /// <summary>No such invitation, or one for another address.</summary>
    Unknown,

    /// <summary>Expired, used or withdrawn.</summary>
    Expired,
    Pending,
}

/// <summary>Tells sign-up of invitations, which open it while it is closed. Kept by the organizations area.</summary>
public interface IInvitationGate
{
    Task<InvitationStanding> FindAsync(string token, string email, CancellationToken ct);
}

/// <summary>Knows no invitation.</summary>
internal sealed class NoInvitations : IInvitationGate
{
    public Task<InvitationStanding> FindAsync(string token, string email, CancellationToken ct) => Task.FromResult(InvitationStanding.Unknown);
}
