using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Reads the roles of the caller's organization, and the permissions that there are.</summary>
public sealed class RoleQueries(PlatformDbContext db, Caller caller, TimeProvider clock)
{
    private static readonly IReadOnlyList<BuiltInRole> OfMemberships = [.. BuiltInRoles.All.Where(role => role.Membership is not null)];

    /// <summary>Built-in roles by rank, then custom ones, the newest first.</summary>
    public async Task<Page<RoleView>> ListAsync(RoleFilter filter, CancellationToken ct)
    {
        var builtIn = filter.Type == RoleType.Custom ? [] : OfMemberships.Where(role => Matches(role.Word, RoleForm.Describe(role), filter.Search)).ToList();
        List<Role> custom = filter.Type == RoleType.System ? [] : await db.Roles.AsNoTracking().OrderByDescending(role => role.CreatedAt).ThenByDescending(role => role.Id).ToListAsync(ct);
        custom = custom.FindAll(role => Matches(role.Name, role.Description, filter.Search));

        var members = await CountMembershipsAsync(ct);
        var holders = await CountHoldersAsync(ct);
        var views = builtIn.Select(role => RoleView.From(role, members.GetValueOrDefault(role.Membership!.Value)))
            .Concat(custom.Select(role => RoleView.From(role, holders.GetValueOrDefault(role.Id))));
        return new Page<RoleView>([.. views.Skip(filter.Offset).Take(filter.Limit)], builtIn.Count + custom.Count, filter.Limit, filter.Offset);
    }

    /// <summary>How many members have the custom role, somewhere in the organization.</summary>
    public Task<int> CountMembersAsync(Guid roleId, CancellationToken ct) => Live().Where(assignment => assignment.RoleId == roleId).Select(assignment => assignment.UserId).Distinct().CountAsync(ct);

    /// <summary>Everything that a role or a token scope can name.</summary>
    public Page<PermissionView> ListPermissions(PermissionFilter filter)
    {
        var all = PermissionRegistry.All.Where(entry => entry.Holder != PermissionHolder.Platform).ToList();
        return new Page<PermissionView>([.. all.Skip(filter.Offset).Take(filter.Limit).Select(View)], all.Count, filter.Limit, filter.Offset);
    }

    private PermissionView View(PermissionEntry entry)
    {
        var parts = entry.Name.Split(':');
        var roles = OfMemberships.Where(role => role.Permissions.Contains(entry.Name)).Select(role => role.Word);
        return new PermissionView(entry.Name, parts[0], parts[1], entry.Description, [.. roles], caller.Can(entry.Name));
    }

    private Task<Dictionary<OrganizationRole, int>> CountMembershipsAsync(CancellationToken ct) =>
        db.Memberships.GroupBy(member => member.Role).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, ct);

    private Task<Dictionary<Guid, int>> CountHoldersAsync(CancellationToken ct) =>
        Live().Select(assignment => new { assignment.RoleId, assignment.UserId }).Distinct().GroupBy(pair => pair.RoleId)
            .Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, ct);

    private IQueryable<RoleAssignment> Live()
    {
        var now = clock.GetUtcNow();
        return db.RoleAssignments.Where(assignment => assignment.ExpiresAt == null || assignment.ExpiresAt > now);
    }

    private static bool Matches(string name, string description, string? search) =>
        search is null || name.Contains(search, StringComparison.OrdinalIgnoreCase) || description.Contains(search, StringComparison.OrdinalIgnoreCase);
}
