using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.Replay;

/// <summary>Finds in whose name a replayed request is done again: its owner's, with the rights that he has now.</summary>
public sealed class ReplayOwners(PlatformDbContext db, TimeProvider clock)
{
    public async Task<Result<Caller>> FindAsync(PlatformEvent requested, CancellationToken ct)
    {
        if (requested is not { UserId: { } userId, OrganizationId: { } organization, ProjectId: { } project })
            return ReplayErrors.OwnerCannotRun;
        var now = clock.GetUtcNow();
        if (await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == userId, ct) is not { } user || !user.IsEnabled(now))
            return ReplayErrors.OwnerCannotRun;
        if (!await db.Projects.AnyAsync(row => row.Id == project && row.OrganizationId == organization && row.Status == ProjectStatus.Active, ct))
            return ReplayErrors.OwnerCannotRun;

        var access = await AccessReader.ReadAsync(db, userId, organization, now, ct);
        var owner = new Caller { Kind = CallerKind.User, UserId = userId, Username = user.Username }.At(access, project);
        return owner.Can(Permissions.ExecutionsRun) ? owner : ReplayErrors.OwnerCannotRun;
    }
}
