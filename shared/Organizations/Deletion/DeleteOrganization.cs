using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Workflows;

namespace Platform.Organizations;

/// <summary>
/// Ends an organization: with its members gone it is invisible at once, and an orchestration (<see cref="OrganizationDeletion"/>) removes what it consists of. Who may ask
/// for it was checked before.
/// </summary>
public sealed class DeleteOrganization(PlatformDbContext db, CallerScope scope, RightsChange rights, IWorkflows workflows, AuditTrail audit, TimeProvider clock)
{
    /// <param name="withItsPerson">A personal organization goes too, because its person's account does.</param>
    public async Task<Result<Nothing>> DeleteAsync(Guid organizationId, bool withItsPerson, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.System(organizationId));
        return await rights.RunAsync(organizationId, () => ApplyAsync(organizationId, withItsPerson, ct), ct);
    }

    private async Task<Result<Nothing>> ApplyAsync(Guid organizationId, bool withItsPerson, CancellationToken ct)
    {
        if (await db.Organizations.SingleOrDefaultAsync(row => row.Id == organizationId && row.Status != OrganizationStatus.Deleting, ct) is not { } organization)
            return OrganizationErrors.NotFound;
        if (organization.BeginDeletion(withItsPerson, clock.GetUtcNow()) is { } refusal)
            return refusal;
        audit.Target("organization", organizationId, organization.Name);
        await EndAsync(organization, ct);
        return default(Nothing);
    }

    private async Task EndAsync(Organization organization, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await db.LeaveOrganizationAsync(organization.Id, userId: null, ct);
        await db.RoleAssignments.Where(row => row.OrganizationId == organization.Id).ExecuteDeleteAsync(ct);
        await db.Memberships.Where(row => row.OrganizationId == organization.Id).ExecuteDeleteAsync(ct);
        await db.Invitations.Where(row => row.OrganizationId == organization.Id && row.State == InvitationState.Pending)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, InvitationState.Revoked).SetProperty(row => row.ClosedAt, now), ct);
        workflows.Start(OrganizationDeletion.Name, OrganizationDeletion.InstanceId(organization.Id), new OrganizationDeletion.Input(organization.Id, scope.CorrelationId));
        db.Raise(new OrganizationDeletionStarted(scope.Current.UserId, organization.Name) { OrganizationId = organization.Id });
        await db.SaveChangesAsync(ct);
    }
}
