using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.Admin;

/// <summary>Which users, and which page of them; newest first.</summary>
/// <param name="Search">Part of username or e-mail, with <paramref name="InNames"/> of the display name too; any case.</param>
public sealed record UserFilter(string? Search, int Limit, int Offset, PlatformRole? Role = null, bool InNames = false);

/// <summary>Operators read users, with their limits and organizations.</summary>
public sealed class UserQueries(PlatformDbContext db, TimeProvider clock)
{
    public async Task<Result<UserRecord>> FindAsync(Guid userId, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        var users = await db.Users.AsNoTracking().Where(user => user.Id == userId).ToListAsync(ct);
        return users.Count == 1 ? (await RecordsAsync(users, ct))[0] : IdentityErrors.UserNotFound;
    }

    public async Task<List<User>> AllAsync(CancellationToken ct) =>
        await db.Users.AsNoTracking().OrderByDescending(user => user.CreatedAt).ThenByDescending(user => user.Id).ToListAsync(ct);

    public async Task<Page<UserRecord>> ListAsync(UserFilter filter, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        var matches = Matching(filter);
        var total = await matches.LongCountAsync(ct);
        var users = await matches.OrderByDescending(user => user.CreatedAt).ThenByDescending(user => user.Id).Skip(filter.Offset).Take(filter.Limit).ToListAsync(ct);
        return new Page<UserRecord>(await RecordsAsync(users, ct), total, filter.Limit, filter.Offset);
    }

    private IQueryable<User> Matching(UserFilter filter)
    {
        var users = db.Users.AsNoTracking();
        if (filter.Role is { } role)
            users = users.Where(user => user.PlatformRole == role);
        if (string.IsNullOrWhiteSpace(filter.Search))
            return users;
        var text = User.Key(filter.Search);
#pragma warning disable CA1862 // the database compares
        return filter.InNames
            ? users.Where(user => user.UsernameKey.Contains(text) || user.EmailKey!.Contains(text) || user.DisplayName.ToLower().Contains(text))
            : users.Where(user => user.UsernameKey.Contains(text) || user.EmailKey!.Contains(text));
#pragma warning restore CA1862
    }

    private async Task<List<UserRecord>> RecordsAsync(List<User> users, CancellationToken ct)
    {
        var ids = users.Select(user => user.Id).ToList();
        var limits = await db.UserLimits.AsNoTracking().Where(row => ids.Contains(row.UserId)).ToDictionaryAsync(row => row.UserId, ct);
        var memberships = (await MembershipsAsync(ids, ct)).ToLookup(member => member.UserId);
        return [.. users.Select(user => new UserRecord(user, limits.GetValueOrDefault(user.Id), [.. memberships[user.Id]]))];
    }

    private async Task<IEnumerable<UserMembership>> MembershipsAsync(List<Guid> ids, CancellationToken ct)
    {
        var members = await (
            from member in db.Memberships
            join organization in db.Organizations on member.OrganizationId equals organization.Id
            where ids.Contains(member.UserId) && organization.Status != OrganizationStatus.Deleting
            orderby member.JoinedAt, member.Id
            select new UserMembership(member.UserId, organization.Id, organization.Name, organization.Slug, member.Role, member.JoinedAt, null)).ToListAsync(ct);
        var grants = await AccessReader.GrantsAsync(db, ids, clock.GetUtcNow(), ct);
        return members.Select(member => member with
        {
            Grant = grants[(member.UserId, member.OrganizationId)].Where(grant => grant.ProjectId is not null).Select(grant => BuiltInRoles.Find(grant.RoleId)?.Project).Min(),
        });
    }
}
