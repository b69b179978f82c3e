using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Reads members and open invitations of an organization that the caller was let into as one list.</summary>
public sealed class TeamQueries(PlatformDbContext db, TimeProvider clock)
{
    public async Task<Page<TeamEntry>> ListAsync(Guid organizationId, TeamSearch search, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.System(organizationId));
        var keys = TeamKey.Select(db, search, await OfferedAsync(search.CustomRoleId, ct), clock.GetUtcNow());
        var total = await keys.CountAsync(ct);
        var ids = await TeamKey.Sort(keys, search).Skip(search.Offset).Take(search.Limit).Select(key => key.Id).ToListAsync(ct);
        var entries = (await EntriesAsync(ids, ct)).ToDictionary(entry => (entry.Member?.Id ?? entry.Invitation?.Id)!.Value);
        return new Page<TeamEntry>([.. ids.Where(entries.ContainsKey).Select(id => entries[id])], total, search.Limit, search.Offset);
    }

    /// <summary>The member or the invitation, open or expired, of the id; null when there is neither.</summary>
    public async Task<TeamEntry?> FindAsync(Guid organizationId, Guid id, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.System(organizationId));
        return (await EntriesAsync([id], ct)).SingleOrDefault();
    }

    /// <summary>How many access tokens of a member work in the organization.</summary>
    public async Task<int> CountTokensAsync(Guid organizationId, Guid userId, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.System(organizationId));
        var now = clock.GetUtcNow();
        return await db.AccessTokens.CountAsync(
            token => token.OrganizationId == organizationId && token.UserId == userId && token.Enabled && token.RevokedAt == null && (token.ExpiresAt == null || token.ExpiresAt > now), ct);
    }

    /// <summary>The user as a member; null when he is none.</summary>
    public async Task<TeamEntry?> FindUserAsync(Guid organizationId, Guid userId, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.System(organizationId));
        var id = await db.Memberships.Where(member => member.UserId == userId).Select(member => (Guid?)member.Id).SingleOrDefaultAsync(ct);
        return id is null ? null : (await EntriesAsync([id.Value], ct)).SingleOrDefault();
    }

    // The custom roles of an invitation are a JSON column; the open ones of an organization are few.
    private async Task<List<Guid>> OfferedAsync(Guid? customRoleId, CancellationToken ct)
    {
        if (customRoleId is not { } roleId)
            return [];
        var open = await db.Invitations.Where(invitation => invitation.State == InvitationState.Pending).Select(invitation => new { invitation.Id, invitation.CustomRoleIds }).ToListAsync(ct);
        return [.. open.Where(invitation => invitation.CustomRoleIds.Contains(roleId)).Select(invitation => invitation.Id)];
    }

    private async Task<List<TeamEntry>> EntriesAsync(List<Guid> ids, CancellationToken ct)
    {
        var members = await (
            from member in db.Memberships.AsNoTracking()
            where ids.Contains(member.Id)
            join user in db.Users on member.UserId equals user.Id
            select new { Member = member, Person = new TeamPerson(user.Id, user.Email, user.DisplayName, user.AvatarUrl) }).ToListAsync(ct);
        var invitations = await db.Invitations.AsNoTracking()
            .Where(row => ids.Contains(row.Id) && (row.State == InvitationState.Pending || row.State == InvitationState.Expired)).ToListAsync(ct);
        var assigned = await AssignedAsync([.. members.Select(row => row.Person.UserId)], ct);
        var names = await NamesAsync([.. assigned.Select(row => row.RoleId).Concat(invitations.SelectMany(row => row.CustomRoleIds)).Distinct()], ct);
        var roles = assigned.ToLookup(row => row.UserId, row => Shown(row.RoleId, names, row.ProjectId, row.ExpiresAt));
        return
        [
            .. members.Select(row => new TeamEntry(row.Member, row.Person, null, [.. roles[row.Person.UserId].OfType<TeamRole>()])),
            .. invitations.Select(row => new TeamEntry(null, null, row, [.. Offered(row, names)])),
        ];
    }

    private Task<List<RoleAssignment>> AssignedAsync(List<Guid> userIds, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return db.RoleAssignments.AsNoTracking().Where(row => userIds.Contains(row.UserId) && (row.ExpiresAt == null || row.ExpiresAt > now)).OrderBy(row => row.AssignedAt).ToListAsync(ct);
    }

    private async Task<Dictionary<Guid, string>> NamesAsync(List<Guid> roleIds, CancellationToken ct) => roleIds.Count == 0
        ? []
        : await db.Roles.Where(role => roleIds.Contains(role.Id)).ToDictionaryAsync(role => role.Id, role => role.Name, ct);

    private static IEnumerable<TeamRole> Offered(Invitation invitation, Dictionary<Guid, string> names) => invitation.CustomRoleIds
        .Select(role => Shown(role, names, invitation.RolesProjectId, expiresAt: null))
        .Concat(invitation.ProjectGrants.Select(grant => Shown(BuiltInRoles.For(grant.Role).Id, names, grant.ProjectId, expiresAt: null)))
        .OfType<TeamRole>();

    private static TeamRole? Shown(Guid roleId, Dictionary<Guid, string> names, Guid? projectId, DateTimeOffset? expiresAt)
    {
        if (names.TryGetValue(roleId, out var name))
            return new TeamRole(roleId, name, projectId, expiresAt);
        return BuiltInRoles.Find(roleId) is { Project: { } project } && AssignmentTarget.StandsFor(project) is var role ? new TeamRole(role.Id, role.Word, projectId, expiresAt) : null;
    }
}
