using Platform.Data;

namespace Platform.Organizations;

/// <summary>What members and invitations have in common for filters and order; one query over both tables, so that a page costs the same however large the team is.</summary>
internal sealed record TeamKey
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string? Email { get; init; }

    public required OrganizationRole Role { get; init; }

    public required DateTimeOffset At { get; init; }

    public required DateTimeOffset? LastActiveAt { get; init; }

    /// <param name="offered">The open invitations that offer the wanted custom role.</param>
    public static IQueryable<TeamKey> Select(PlatformDbContext db, TeamSearch search, List<Guid> offered, DateTimeOffset now)
    {
        var members = db.Memberships.AsQueryable();
        var invitations = db.Invitations.Where(invitation => invitation.State == InvitationState.Pending && invitation.ExpiresAt > now);
        if (search.CustomRoleId is { } roleId)
        {
            members = members.Where(member => db.RoleAssignments.Any(row => row.UserId == member.UserId && row.RoleId == roleId && (row.ExpiresAt == null || row.ExpiresAt > now)));
            invitations = invitations.Where(invitation => offered.Contains(invitation.Id));
        }
        var active =
            from member in members
            join user in db.Users on member.UserId equals user.Id
            select new TeamKey { Id = member.Id, Name = user.DisplayName, Email = user.EmailKey, Role = member.Role, At = member.JoinedAt, LastActiveAt = member.LastActiveAt };
        var pending = invitations.Select(invitation => new TeamKey
        {
            Id = invitation.Id,
            Name = invitation.EmailKey,
            Email = invitation.EmailKey,
            Role = invitation.Role,
            At = invitation.CreatedAt,
            LastActiveAt = invitation.ClosedAt, // null as long as it is open
        });
        return Narrow(search.Status switch { TeamStatus.Active => active, TeamStatus.Pending => pending, _ => active.Concat(pending) }, search);
    }

    public static IQueryable<TeamKey> Sort(IQueryable<TeamKey> keys, TeamSearch search)
    {
        var sorted = (search.Order, search.Descending) switch
        {
            (TeamOrder.Name, false) => keys.OrderBy(key => key.Name.ToLower()),
            (TeamOrder.Name, true) => keys.OrderByDescending(key => key.Name.ToLower()),
            (TeamOrder.LastActiveAt, false) => keys.OrderBy(key => key.LastActiveAt ?? DateTimeOffset.UnixEpoch),
            (TeamOrder.LastActiveAt, true) => keys.OrderByDescending(key => key.LastActiveAt ?? DateTimeOffset.UnixEpoch),
            (TeamOrder.Role, false) => keys.OrderBy(key => key.Role == OrganizationRole.Owner ? 0 : key.Role == OrganizationRole.Admin ? 1 : key.Role == OrganizationRole.Member ? 2 : 3),
            (TeamOrder.Role, true) => keys.OrderByDescending(key => key.Role == OrganizationRole.Owner ? 0 : key.Role == OrganizationRole.Admin ? 1 : key.Role == OrganizationRole.Member ? 2 : 3),
            (_, false) => keys.OrderBy(key => key.At),
            _ => keys.OrderByDescending(key => key.At),
        };
        return search.Descending ? sorted.ThenByDescending(key => key.Id) : sorted.ThenBy(key => key.Id);
    }

    private static IQueryable<TeamKey> Narrow(IQueryable<TeamKey> keys, TeamSearch search)
    {
        if (search.Role is { } role)
            keys = keys.Where(key => key.Role == role);
        if (search.Text is not { } text)
            return keys;
        var part = text.ToLowerInvariant();
#pragma warning disable CA1862 // SQL knows no comparison without regard to case; this is what both databases have
        return keys.Where(key => key.Name.ToLower().Contains(part) || (key.Email != null && key.Email.Contains(part)));
#pragma warning restore CA1862
    }
}
