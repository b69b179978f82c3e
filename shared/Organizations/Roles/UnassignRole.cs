using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Takes a role away from a member; that of his membership stays.</summary>
public sealed class UnassignRole(PlatformDbContext db, Caller caller, RightsChange rights, AuditTrail audit, TimeProvider clock)
{
    public Task<Result<Unassigned>> UnassignAsync(Guid userId, Guid roleId, Result<AssignmentPlace> place, CancellationToken ct) =>
        rights.RunAsync(caller.OrganizationId!.Value, () => ApplyAsync(userId, roleId, place, ct), ct);

    private async Task<Result<Unassigned>> ApplyAsync(Guid userId, Guid roleId, Result<AssignmentPlace> place, CancellationToken ct)
    {
        var found = await AssignmentTarget.FindAsync(db, userId, roleId, ct);
        if (!found.IsOk)
            return found.Error;
        var target = found.Value;
        audit.Target("member", userId, target.Name);
        var projectId = place.IsOk ? place.Value.ProjectId : null;
        var now = clock.GetUtcNow();
        var rules = await GrantRules.OfAsync(db, caller, caller.OrganizationId!.Value, now, ct);
        if ((rules.Need(Permissions.RolesAssign, projectId) ?? place.Error) is { } refused)
            return refused;
        if (target.BuiltIn is { } builtIn && projectId is null)
            return builtIn.Membership == target.Member.Role ? RoleErrors.OfMembership : RoleErrors.NotAssigned;

        var rows = target.Rows(db, projectId).Where(row => row.RoleId == target.Stored.Id && (row.ExpiresAt == null || row.ExpiresAt > now));
        if (await rows.SingleOrDefaultAsync(ct) is not { } row)
            return RoleErrors.NotAssigned;
        if (rules.Touch(target.Stored.Permissions, projectId) is { } escalation)
            return escalation;
        audit.Change("role", target.Shown.Name, to: null);
        db.Remove(row);
        await target.RaiseAsync(db, caller, projectId, assigned: null, ct);
        await db.SaveChangesAsync(ct);
        return new Unassigned(userId, roleId, projectId, Removed: true);
    }
}
