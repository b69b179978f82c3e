using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Organizations;

/// <summary>Whether an owner may stop being one. Ask it inside a <see cref="RightsChange"/>.</summary>
internal static class LastOwner
{
    /// <summary>Null when the member is no owner, or another owner stays and the organization is not his personal one.</summary>
    public static async Task<Error?> StayRefusalAsync(this PlatformDbContext db, Membership member, CancellationToken ct)
    {
        if (member.Role != OrganizationRole.Owner)
            return null;
        if (await db.Organizations.AnyAsync(organization => organization.Id == member.OrganizationId && organization.PersonalUserId == member.UserId, ct))
            return OrganizationErrors.Personal;
        return await db.Memberships.AnyAsync(row => row.OrganizationId == member.OrganizationId && row.Role == OrganizationRole.Owner && row.UserId != member.UserId, ct) ? null : MemberErrors.LastOwner;
    }
}
