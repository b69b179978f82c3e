using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Organizations;

/// <summary>Reads invitations.</summary>
public sealed class InvitationQueries(PlatformDbContext db, TimeProvider clock)
{
    /// <summary>Every invitation of an organization that the caller was let into, the newest first.</summary>
    public Task<IReadOnlyList<InvitationDetails>> ListAsync(Guid organizationId, CancellationToken ct) =>
        DetailsAsync(db.Invitations.Where(row => row.OrganizationId == organizationId), ct);

    /// <summary>The invitation of a link; its refusal when the link does not work.</summary>
    public async Task<Result<InvitationDetails>> FindByTokenAsync(string token, CancellationToken ct)
    {
        var hash = InvitationToken.Hash(token);
        var found = await DetailsAsync(db.Invitations.IgnoreQueryFilters([PlatformDbContext.TenantFilterName]).Where(row => row.TokenHash == hash), ct);
        if (found is not [var details])
            return InvitationErrors.NotFound;
        return details.Invitation.RefusalAt(clock.GetUtcNow()) is { } over ? over : details;
    }

    /// <summary>The open invitations to a user's address, of any organization; none while the address is not verified.</summary>
    public async Task<IReadOnlyList<InvitationDetails>> ListReceivedAsync(Guid userId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var key = await db.Users.Where(user => user.Id == userId && user.EmailVerified).Select(user => user.EmailKey).SingleOrDefaultAsync(ct);
        return await DetailsAsync(
            db.Invitations.IgnoreQueryFilters([PlatformDbContext.TenantFilterName]).Where(row => key != null && row.EmailKey == key && row.State == InvitationState.Pending && row.ExpiresAt > now), ct);
    }

    private async Task<IReadOnlyList<InvitationDetails>> DetailsAsync(IQueryable<Invitation> invitations, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var rows = await (
            from invitation in invitations.AsNoTracking()
            join organization in db.Organizations on invitation.OrganizationId equals organization.Id
            where organization.Status != OrganizationStatus.Deleting
            from inviter in db.Users.Where(user => user.Id == invitation.InviterId).DefaultIfEmpty()
            orderby invitation.CreatedAt descending, invitation.Id descending
            select new { invitation, organization.Name, InviterName = inviter == null ? null : inviter.DisplayName, InviterEmail = inviter == null ? null : inviter.Email }).ToListAsync(ct);
        return [.. rows.Select(row => new InvitationDetails(row.invitation, row.invitation.StateAt(now), row.Name, row.InviterName, row.InviterEmail))];
    }
}
