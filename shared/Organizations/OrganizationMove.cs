using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;
using Platform.Identity.OAuth;

namespace Platform.Organizations;

/// <summary>
/// Places in organizations go over; where the other is a member himself he stays what he was. The personal organization becomes an ordinary one, which he owns.
/// </summary>
internal sealed class OrganizationMove(PlatformDbContext db, TimeProvider clock) : IAccountMove
{
    public IReadOnlyCollection<Type> Entities => [typeof(Membership), typeof(RoleAssignment), typeof(Organization)];

    public async Task MoveAsync(AbsorbedAccount account, CancellationToken ct)
    {
        var (from, into, now) = (account.From.UserId, account.Into.UserId, clock.GetUtcNow());
        var shared = db.Memberships.Where(member => member.UserId == into).Select(member => member.OrganizationId);
        await db.RoleAssignments.Where(assignment => assignment.UserId == from && shared.Contains(assignment.OrganizationId)).ExecuteDeleteAsync(ct);
        await db.Memberships.Where(member => member.UserId == from && shared.Contains(member.OrganizationId)).ExecuteDeleteAsync(ct);

        await db.RoleAssignments.Where(assignment => assignment.UserId == from).ExecuteUpdateAsync(set => set.SetProperty(assignment => assignment.UserId, into), ct);
        await db.Memberships.Where(member => member.UserId == from).ExecuteUpdateAsync(set => set.SetProperty(member => member.UserId, into), ct);
        await db.Organizations.Where(organization => organization.PersonalUserId == from).ExecuteUpdateAsync(
            set => set.SetProperty(organization => organization.IsPersonal, false).SetProperty(organization => organization.PersonalUserId, (Guid?)null)
                .SetProperty(organization => organization.UpdatedAt, now).SetProperty(organization => organization.Version, organization => organization.Version + 1),
            ct);
    }
}
