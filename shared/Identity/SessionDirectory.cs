using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Identity;

/// <summary>Sessions with their users and rights, in memory, at most two seconds old (<see cref="RenewedCopies{TKey, TCopy}"/>).</summary>
public sealed class SessionDirectory(IServiceScopeFactory scopes, TokenDirectory tokens, TimeProvider clock)
{
    /// <summary>Counts the changes committed by this process that its copies may not show.</summary>
    public long Generation => Copies.Generation;

    internal RenewedCopies<Guid, SessionSnapshot> Copies { get; } = new((ids, ct) => LoadAsync(scopes, clock, ids, ct), clock);

    /// <summary>The session, revoked or not; null when there is none of this id.</summary>
    public ValueTask<SessionSnapshot?> FindAsync(Guid sessionId, CancellationToken ct) => Copies.FindAsync(sessionId, ct);

    /// <summary>Forgets a session after a committed change of it.</summary>
    public void Forget(Guid sessionId) => Copies.Forget(sessionId);

    /// <summary>Forgets everything, access tokens too, after a committed change of users, roles or limits.</summary>
    public void ForgetAll()
    {
        Copies.ForgetAll();
        tokens.Copies.ForgetAll();
    }

    private static async Task<Dictionary<Guid, SessionSnapshot>> LoadAsync(IServiceScopeFactory scopes, TimeProvider clock, Guid[] ids, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var facts = await Query(db, ids).ToListAsync(ct);
        var grants = facts.Count == 0 ? null : await AccessReader.GrantsAsync(db, [.. facts.Select(row => row.UserId).Distinct()], clock.GetUtcNow(), ct);
        return facts.ToDictionary(row => row.SessionId, row => new SessionSnapshot(row, [.. grants![(row.UserId, row.OrganizationId)]]));
    }

    private static IQueryable<SessionFacts> Query(PlatformDbContext db, Guid[] ids) =>
        from session in db.Sessions
        where ids.Contains(session.Id)
        join user in db.Users on session.UserId equals user.Id
        from member in db.Memberships.Where(m => m.OrganizationId == session.ActiveOrganizationId && m.UserId == session.UserId).DefaultIfEmpty()
        from organization in db.Organizations.Where(o => o.Id == session.ActiveOrganizationId).DefaultIfEmpty()
        from impersonation in db.Impersonations.Where(i => i.SessionId == session.Id && i.EndedAt == null).DefaultIfEmpty()
        from limits in db.UserLimits.Where(l => l.UserId == session.UserId).DefaultIfEmpty()
        select new SessionFacts
        {
            SessionId = session.Id,
            Ver = session.Ver,
            CsrfHash = session.CsrfHash,
            Persistent = session.Persistent,
            ExpiresAt = session.ExpiresAt,
            RevokedAt = session.RevokedAt,
            UserId = user.Id,
            Username = user.Username,
            PlatformRole = user.PlatformRole,
            IsActive = user.IsActive,
            BannedUntil = user.BannedUntil,
            OrganizationId = session.ActiveOrganizationId,
            ProjectId = session.ActiveProjectId,
            Role = member == null ? null : member.Role,
            ProjectBound = member == null ? null : member.ProjectBound,
            Status = organization == null ? null : organization.Status,
            ImpersonatorId = impersonation == null ? null : impersonation.OperatorId,
            ImpersonationEndsAt = impersonation == null ? null : impersonation.EndsAt,
            Bypass = limits == null ? null : limits.Bypass,
            Multiplier = limits == null ? null : limits.Multiplier,
            Rules = limits == null ? null : limits.Rules,
        };
}
