using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Identity;

/// <summary>What was made for a user who had no place to work in.</summary>
public sealed record MadePlace(Organization Organization, Project Project);

/// <summary>Sees to it that a user has an organization with a default project, and that his session is somewhere he may be.</summary>
public sealed class DefaultPlace(PlatformDbContext db, PersonalPlaces places, AccountGate gate, SessionDirectory sessions)
{
    private const int Attempts = 4;

    /// <summary>What was missing; null when nothing was. Two calls at once make it once: a user has one personal organization, an organization one default project.</summary>
    public async Task<Result<MadePlace?>> EnsureAsync(Guid userId, Guid sessionId, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        var user = await db.Users.AsNoTracking().SingleAsync(found => found.Id == userId, ct);
        if (gate.NeedsVerification(user))
            return IdentityErrors.EmailVerificationRequired;
        var made = await AddAsync(user, ct);
        await MoveAsync(user, sessionId, ct);
        return made;
    }

    private async Task<MadePlace?> AddAsync(User user, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await db.StartingPlacesOf(user).AnyAsync(ct))
                return null;
            try
            {
                return await TryAddAsync(user, attempt, ct);
            }
            catch (DbUpdateException lost) when (lost.IsUniqueViolation() && attempt < Attempts)
            {
                db.Discard();
            }
        }
    }

    private async Task<MadePlace> TryAddAsync(User user, int attempt, CancellationToken ct)
    {
        var (organization, project) = await db.Organizations.SingleOrDefaultAsync(found => found.PersonalUserId == user.Id, ct) is { } personal
            ? (personal, places.AddProject(personal))
            : await places.AddAsync(user, attempt, ct);
        await db.SaveChangesAsync(ct);
        return new MadePlace(organization, project);
    }

    private async Task MoveAsync(User user, Guid sessionId, CancellationToken ct)
    {
        var session = await db.Sessions.AsNoTracking().SingleAsync(found => found.Id == sessionId, ct);
        var mine = db.StartingPlacesOf(user);
        if (await mine.AnyAsync(place => place.OrganizationId == session.ActiveOrganizationId && place.ProjectId == session.ActiveProjectId, ct))
            return;
        var place = await mine.FirstAsync(ct);
        await db.InTransactionAsync(
            () => db.Sessions.Where(row => row.Id == sessionId).ExecuteUpdateAsync(
                set => set.SetProperty(row => row.ActiveOrganizationId, place.OrganizationId).SetProperty(row => row.ActiveProjectId, place.ProjectId), ct),
            ct);
        sessions.Forget(sessionId);
    }
}
