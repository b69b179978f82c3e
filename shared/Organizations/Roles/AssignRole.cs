using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>
/// Gives a member a role: a custom one in the organization or on a project, a built-in one on a project as the grant of the project role that it stands for, or a
/// built-in one as the role of his membership.
/// </summary>
public sealed class AssignRole(PlatformDbContext db, Caller caller, RightsChange rights, MemberService members, AuditTrail audit, IdempotentRequest idempotency, TimeProvider clock)
{
    private const int MaxDays = 366;

    public Task<Result<Assigned>> AssignAsync(Guid userId, Guid roleId, Result<NewAssignment> wanted, CancellationToken ct) =>
        rights.RunAsync(caller.OrganizationId!.Value, () => ApplyAsync(userId, roleId, wanted, ct), ct);

    private async Task<Result<Assigned>> ApplyAsync(Guid userId, Guid roleId, Result<NewAssignment> wanted, CancellationToken ct)
    {
        var found = await AssignmentTarget.FindAsync(db, userId, roleId, ct);
        if (!found.IsOk)
            return found.Error;
        var target = found.Value;
        audit.Target("member", userId, target.Name);
        var projectId = wanted.IsOk ? wanted.Value.ProjectId : null;
        var rules = await GrantRules.OfAsync(db, caller, caller.OrganizationId!.Value, clock.GetUtcNow(), ct);
        if ((rules.Need(Permissions.RolesAssign, projectId) ?? wanted.Error) is { } refused)
            return refused;
        if (projectId is not null && !await db.Projects.AnyAsync(project => project.Id == projectId && project.Status != ProjectStatus.Deleted, ct))
            return ProjectErrors.NotFound;
        if (wanted.Value.ExpiresAt is { } end && (end <= clock.GetUtcNow() || end > clock.GetUtcNow().AddDays(MaxDays)))
            return RoleErrors.BadExpiry;
        return target.BuiltIn is { } builtIn && projectId is null
            ? await ChangeMembershipAsync(target, builtIn, wanted.Value, ct)
            : await GrantAsync(rules, target, wanted.Value, ct);
    }

    private async Task<Result<Assigned>> GrantAsync(GrantRules rules, AssignmentTarget target, NewAssignment wanted, CancellationToken ct)
    {
        if (target.BuiltIn?.Membership == OrganizationRole.Owner)
            return RoleErrors.OwnerOnProject;
        if (target.Refusal(rules, wanted.ProjectId) is { } refused)
            return refused;

        var now = clock.GetUtcNow();
        var row = await target.Rows(db, wanted.ProjectId).SingleOrDefaultAsync(ct);
        var isNew = row is null || row.ExpiresAt <= now || row.RoleId != target.Stored.Id;
        audit.Change("role", row is null || row.ExpiresAt <= now ? null : BuiltInRoles.Find(row.RoleId)?.Word ?? target.Shown.Name, target.Shown.Name);
        audit.Change("expiresAt", isNew ? null : row!.ExpiresAt, wanted.ExpiresAt);
        if (isNew)
            row = await ReplaceAsync(row, target, wanted, now, ct);
        else
            row!.ExpiresAt = wanted.ExpiresAt;
        var assigned = new Assigned(target.View(row), isNew);
        await target.RaiseAsync(db, caller, row.ProjectId, target.Shown.Name, ct);
        idempotency.Complete(assigned.View);
        await db.SaveChangesAsync(ct);
        return assigned;
    }

    private async Task<Result<Assigned>> ChangeMembershipAsync(AssignmentTarget target, BuiltInRole role, NewAssignment wanted, CancellationToken ct)
    {
        if (wanted.ExpiresAt is not null)
            return RoleErrors.MembershipExpires;
        var view = new AssignmentView(target.Member.UserId, role.Id, role.Word, ProjectId: null, ExpiresAt: null, caller.UserId, clock.GetUtcNow());
        idempotency.Complete(view); // stored with the change; a refusal gives the key up again
        var changed = await members.ChangeAsync(target.Member.OrganizationId, new MemberChange { UserId = target.Member.UserId, Role = role.Membership }, ct);
        return changed.IsOk ? new Assigned(view, IsNew: false) : changed.Error;
    }

    private async Task<RoleAssignment> ReplaceAsync(RoleAssignment? old, AssignmentTarget target, NewAssignment wanted, DateTimeOffset now, CancellationToken ct)
    {
        if (old is not null)
            await db.RoleAssignments.Where(row => row.Id == old.Id).ExecuteDeleteAsync(ct);
        var row = new RoleAssignment
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = target.Member.OrganizationId,
            UserId = target.Member.UserId,
            RoleId = target.Stored.Id,
            ProjectId = wanted.ProjectId,
            ExpiresAt = wanted.ExpiresAt,
            AssignedBy = caller.UserId,
            AssignedAt = now,
        };
        db.Add(row);
        return row;
    }
}
