using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Identity;

/// <summary>
/// Sessions with their users and rights, in memory. A copy older than a second that is asked for is renewed in the background together with others
/// (<see cref="SessionRefresher"/>); one older than two seconds is not used, its reader waits for the database. So changes made by other processes act within two
/// seconds, those made here at once, and a session in use never waits.
/// </summary>
public sealed class SessionDirectory(IServiceScopeFactory scopes, TimeProvider clock)
{
    private const int MaxRemembered = 50_000;
    private const int BatchSize = 200;
    private static readonly TimeSpan RenewAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TooOldAfter = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Guid, Copy> _copies = new();
    private ConcurrentDictionary<Guid, byte> _wanted = new();
    private long _generation;

    /// <summary>Counts the changes committed by this process that its copies may not show.</summary>
    public long Generation => Interlocked.Read(ref _generation);

    /// <summary>Set when a copy is to be renewed, or was added.</summary>
    internal WorkSignal Used { get; } = new();

    /// <summary>The session, revoked or not; null when there is none of this id.</summary>
    public ValueTask<SessionSnapshot?> FindAsync(Guid sessionId, CancellationToken ct)
    {
        if (!_copies.TryGetValue(sessionId, out var copy))
            return new(LoadAsync(sessionId, ct));
        var age = clock.GetElapsedTime(copy.LoadedAt);
        if (age > TooOldAfter)
            return new(LoadAsync(sessionId, ct));
        if (age > RenewAfter)
            Want(sessionId);
        return new(copy.Snapshot);
    }

    /// <summary>Forgets a session after a committed change of it.</summary>
    public void Forget(Guid sessionId)
    {
        Interlocked.Increment(ref _generation);
        _copies.TryRemove(sessionId, out _);
    }

    /// <summary>Forgets everything, after a committed change of users, roles or limits.</summary>
    public void ForgetAll()
    {
        Interlocked.Increment(ref _generation);
        _copies.Clear();
    }

    /// <summary>Renews the copies that were asked for since the last call, and drops those that nobody asks for.</summary>
    internal async Task RefreshAsync(CancellationToken ct)
    {
        if (_copies.Count > MaxRemembered)
            _copies.Clear();
        if (_wanted.IsEmpty)
            return;
        var wanted = Interlocked.Exchange(ref _wanted, new());
        foreach (var batch in wanted.Keys.Chunk(BatchSize))
            await LoadAsync(batch, ct);
    }

    private void Want(Guid sessionId)
    {
        if (_wanted.TryAdd(sessionId, 0))
            Used.Set();
    }

    private async Task<SessionSnapshot?> LoadAsync(Guid sessionId, CancellationToken ct) => (await LoadAsync([sessionId], ct)).GetValueOrDefault(sessionId);

    private async Task<Dictionary<Guid, SessionSnapshot>> LoadAsync(Guid[] ids, CancellationToken ct)
    {
        var generation = Generation;
        var loadedAt = clock.GetTimestamp();
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var facts = await Query(db, ids).ToListAsync(ct);
        var grants = facts.Count == 0 ? null : await AccessReader.GrantsAsync(db, [.. facts.Select(row => row.UserId).Distinct()], clock.GetUtcNow(), ct);
        var found = facts.ToDictionary(row => row.SessionId, row => new SessionSnapshot(row, [.. grants![(row.UserId, row.OrganizationId)]]));

        // A change committed while this query ran may be missing from it: hand out what was read, but do not remember it.
        if (Generation != generation)
            return found;
        foreach (var id in ids)
        {
            if (found.TryGetValue(id, out var snapshot))
                _copies[id] = new Copy(snapshot, loadedAt);
            else
                _copies.TryRemove(id, out _);
        }

        Used.Set();
        return found;
    }

    private static IQueryable<SessionFacts> Query(PlatformDbContext db, Guid[] ids) =>
        from session in db.Sessions
        where ids.Contains(session.Id)
        join user in db.Users on session.UserId equals user.Id
        from member in db.Memberships.Where(m => m.OrganizationId == session.ActiveOrganizationId && m.UserId == session.UserId).DefaultIfEmpty()
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
            Bypass = limits == null ? null : limits.Bypass,
            Multiplier = limits == null ? null : limits.Multiplier,
        };

    private sealed record Copy(SessionSnapshot Snapshot, long LoadedAt);
}
