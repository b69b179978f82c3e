using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>
/// Makes and changes an organization's custom roles. Input that did not pass its own rules comes as a refusal, since a role that is not there and a right that is
/// missing are told first.
/// </summary>
public sealed class RoleService(PlatformDbContext db, Caller caller, RightsChange rights, RoleQueries queries, AuditTrail audit, IdempotentRequest idempotency, TimeProvider clock)
{
    public Task<Result<RoleView>> CreateAsync(NewRole wanted, CancellationToken ct) => RunAsync<RoleView>(
        async (rules, roles) =>
        {
            if (rules.Need(Permissions.RolesManage, null) is { } denied)
                return denied;
            var now = clock.GetUtcNow();
            var role = new Role
            {
                Id = Guid.CreateVersion7(now),
                OrganizationId = caller.OrganizationId!.Value,
                Name = wanted.Name,
                NameKey = KeyOf(wanted.Name),
                Description = wanted.Description ?? "",
                CreatedBy = caller.UserId,
                CreatedAt = now,
                UpdatedAt = now,
            };
            if (Set(rules, [.. roles, role], role, wanted.Permissions, wanted.Inherits) is { } refused)
                return refused;
            if (IsTaken(role.NameKey, roles))
                return RoleErrors.NameTaken;
            if (roles.Count >= RoleForm.MaxRoles)
                return RoleErrors.LimitReached;

            db.Add(role);
            audit.Target("role", role.Id, role.Name);
            Record([], [], role);
            var view = RoleView.From(role, memberCount: 0);
            idempotency.Complete(view);
            await db.SaveChangesAsync(ct);
            return view;
        },
        ct);

    public Task<Result<RoleView>> UpdateAsync(Guid id, Result<RoleChange> wanted, CancellationToken ct) => RunAsync<RoleView>(
        async (rules, roles) =>
        {
            var found = Open(rules, roles, id, wanted.Error);
            if (!found.IsOk)
                return found.Error;
            var (role, change) = (found.Value, wanted.Value);
            var (permissions, inherits) = (role.Permissions, role.Inherits);
            if (Set(rules, roles, role, change.Permissions ?? permissions, change.Inherits ?? inherits) is { } refused)
                return refused;
            if (change.Name is { } name && Rename(role, name, roles) is { } taken)
                return taken;
            if (change.HasDescription)
                Describe(role, change.Description ?? "");
            Record(permissions, inherits, role);
            await SaveAsync(role, ct);
            return RoleView.From(role, await queries.CountMembersAsync(id, ct));
        },
        ct);

    public Task<Result<RolePermissionsView>> ChangePermissionsAsync(Guid id, Result<PermissionChange> wanted, CancellationToken ct) => RunAsync<RolePermissionsView>(
        async (rules, roles) =>
        {
            var found = Open(rules, roles, id, wanted.Error);
            if (!found.IsOk)
                return found.Error;
            var (role, before) = (found.Value, found.Value.Permissions);
            if (Set(rules, roles, role, Apply(wanted.Value, before), role.Inherits) is { } refused)
                return refused;
            Record(before, role.Inherits, role);
            await SaveAsync(role, ct);
            var view = RoleView.From(role, await queries.CountMembersAsync(id, ct));
            return new RolePermissionsView(view, [.. role.Permissions.Except(before)], [.. before.Except(role.Permissions)]);
        },
        ct);

    public Task<Result<RoleDeleted>> DeleteAsync(Guid id, Result<RoleDeletion> wanted, CancellationToken ct) => RunAsync<RoleDeleted>(
        async (rules, roles) =>
        {
            var found = Open(rules, roles, id, wanted.Error);
            if (!found.IsOk)
                return found.Error;
            if (roles.Exists(role => role.Inherits.Contains(id)))
                return RoleErrors.Inherited;
            if (!wanted.Value.Force && await queries.CountMembersAsync(id, ct) is > 0 and var members)
                return RoleErrors.InUse(members);

            await db.RoleAssignments.Where(assignment => assignment.RoleId == id).ExecuteDeleteAsync(ct);
            db.Remove(found.Value);
            await db.SaveChangesAsync(ct);
            return new RoleDeleted(id, Deleted: true);
        },
        ct);

    private Task<Result<T>> RunAsync<T>(Func<GrantRules, List<Role>, Task<Result<T>>> change, CancellationToken ct) => rights.RunAsync(
        caller.OrganizationId!.Value,
        async () => await change(await GrantRules.OfAsync(db, caller, caller.OrganizationId!.Value, clock.GetUtcNow(), ct), await db.Roles.ToListAsync(ct)),
        ct);

    // The order of the contract: 404, 403, 400, 409.
    private Result<Role> Open(GrantRules rules, List<Role> roles, Guid id, Error? badInput)
    {
        var role = roles.Find(found => found.Id == id);
        if (role is null && BuiltInRoles.Find(id)?.Membership is null)
            return RoleErrors.NotFound;
        if ((rules.Need(Permissions.RolesManage, null) ?? badInput) is { } refused)
            return refused;
        if (role is null)
            return RoleErrors.BuiltIn;
        audit.Target("role", role.Id, role.Name);
        return rules.Touch(Role.Effective(role.Closure, role.BuiltIns), null) is { } escalation ? escalation : role;
    }

    private static Error? Set(GrantRules rules, List<Role> roles, Role role, IReadOnlyList<string> permissions, IReadOnlyList<Guid> inherits)
    {
        if (permissions.Count > RoleForm.MaxPermissions)
            return RoleErrors.TooManyPermissions;
        if (rules.Give(permissions.Except(role.Permissions), null) is { } escalation)
            return escalation;
        foreach (var id in inherits.Except(role.Inherits))
        {
            if (RightsOf(id, roles) is not { } parent)
                return RoleErrors.NotFound;
            if (rules.Give(parent.Patterns, null) is { } inherited)
                return inherited;
        }
        (role.Permissions, role.Inherits) = ([.. permissions.Distinct()], [.. inherits.Distinct()]);
        return RoleGraph.Settle(roles);
    }

    private static RoleRights? RightsOf(Guid id, List<Role> roles)
    {
        if (roles.Find(role => role.Id == id) is { } custom)
            return RoleRights.Of(custom);
        return BuiltInRoles.Find(id) is { Membership: not null } builtIn ? RoleRights.Of(builtIn) : null;
    }

    private static IReadOnlyList<string> Apply(PermissionChange change, IReadOnlyList<string> before) => change.Mode switch
    {
        PermissionChangeMode.Add => [.. before.Union(change.Permissions)],
        PermissionChangeMode.Remove => [.. before.Except(change.Permissions)],
        _ => change.Permissions,
    };

    private Error? Rename(Role role, string name, List<Role> roles)
    {
        var key = KeyOf(name);
        if (key != role.NameKey && IsTaken(key, roles))
            return RoleErrors.NameTaken;
        if (name != role.Name)
            audit.Change("name", role.Name, name);
        (role.Name, role.NameKey) = (name, key);
        return null;
    }

    private void Describe(Role role, string description)
    {
        if (description != role.Description)
            audit.Change("description", role.Description, description);
        role.Description = description;
    }

    private void Record(IReadOnlyList<string> permissions, IReadOnlyList<Guid> inherits, Role role)
    {
        if (!permissions.SequenceEqual(role.Permissions))
            audit.Change("permissions", permissions, role.Permissions);
        if (!inherits.SequenceEqual(role.Inherits))
            audit.Change("inherits", inherits, role.Inherits);
    }

    private async Task SaveAsync(Role role, CancellationToken ct)
    {
        role.UpdatedAt = clock.GetUtcNow();
        role.Version++;
        await db.SaveChangesAsync(ct);
    }

    private static string KeyOf(string name) => name.ToLowerInvariant();

    private static bool IsTaken(string key, List<Role> roles) => BuiltInRoles.Find(key) is not null || roles.Exists(role => role.NameKey == key);
}
