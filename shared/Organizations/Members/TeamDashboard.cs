using Microsoft.EntityFrameworkCore;
using Platform.Dashboards;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>The organization's members and open invitations.</summary>
public sealed record TeamFigures(int Members, int PendingInvitations);

/// <summary>The dashboard's part <c>team</c>.</summary>
public sealed class TeamDashboard(PlatformDbContext db, TimeProvider clock) : IDashboardPart
{
    public string Name => "team";

    public string Permission => Permissions.TeamRead;

    public async Task<Result<object>> ReadAsync(DashboardRange range, CancellationToken ct)
    {
        var (organization, now) = (db.Caller.OrganizationId, clock.GetUtcNow());
        return new TeamFigures(
            await db.Memberships.CountAsync(member => member.OrganizationId == organization, ct),
            await db.Invitations.CountAsync(invitation => invitation.OrganizationId == organization && invitation.State == InvitationState.Pending && invitation.ExpiresAt > now, ct));
    }
}
