using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

using Platform.Data;
using Platform.Identity;

namespace Platform.Audit;

/// <summary>Reads the audit log of the caller's organization.</summary>
public sealed class AuditLog(PlatformDbContext db, AuditTrail audit)
{
    public const int MaxExported = 50_000;

    private const int ExportPage = 500;

    public static readonly Error UserNotFound = Error.NotFound("user.not_found", "User not found");

    private Guid Organization => db.Caller.OrganizationId ?? Guid.Empty;

    public async Task<Page<AuditRecord>> ListAsync(AuditQuery query, CancellationToken ct)
    {
        var matching = Matching(query);
        var total = await matching.LongCountAsync(ct);
        var entries = await matching.InOrderOf(query).Skip(query.Offset).Take(query.Limit).ToListAsync(ct);
        return new Page<AuditRecord>(await NamedAsync(entries, ct), total, query.Limit, query.Offset);
    }

    /// <summary>The actions that entries since <paramref name="from"/> have, with each of their outcomes.</summary>
    public async Task<List<(string Action, AuditOutcome Outcome)>> ActionsAsync(DateTimeOffset from, CancellationToken ct) =>
        [.. (await Matching(new AuditQuery { From = from }).Select(entry => new { entry.Action, entry.Outcome }).Distinct().ToListAsync(ct)).Select(found => (found.Action, found.Outcome))];

    /// <summary>All matches, at most <see cref="MaxExported"/>, read in portions as they are taken. That they were asked for is stored first.</summary>
    public async Task<IAsyncEnumerable<AuditRecord>> ExportAsync(AuditQuery query, CancellationToken ct)
    {
        var ids = await Matching(query).InOrderOf(query).Select(entry => entry.Id).Take(MaxExported).ToListAsync(ct);
        audit.Write("audit.export", "audit", null).Note("rows", ids.Count);
        await db.SaveChangesAsync(ct);
        return ReadAsync(ids, query, ct);
    }

    /// <summary>
    /// Whether the caller may read entries about a user: his own always, others' with <c>audit:read</c>. Unknown is who neither is a member nor occurs in the log.
    /// A token needs the scope also for its user's own entries.
    /// </summary>
    public async Task<Error?> RefusalAsync(Guid userId, CancellationToken ct)
    {
        if (!await IsKnownAsync(userId, ct))
            return UserNotFound;
        if (db.Caller.Can(Permissions.AuditRead) || (userId == db.Caller.UserId && db.Caller.Credential != CredentialKind.AccessToken))
            return null;
        return PermissionErrors.Missing(Permissions.AuditRead, fromToken: false);
    }

    private IQueryable<AuditEntry> Matching(AuditQuery query)
    {
        var entries = db.Matching(Organization, query);
        return IsBoundToProject(query.Permission) ? entries.Where(entry => entry.ProjectId == db.Caller.ProjectId) : entries;
    }

    // A token of one project, or a right held on the active project only, shows nothing else of the organization.
    private bool IsBoundToProject(string permission) =>
        db.Caller is { Credential: CredentialKind.AccessToken, ProjectId: not null } || (db.Caller.Can(permission) && !db.Caller.CanIn(null, permission));

    private async Task<bool> IsKnownAsync(Guid userId, CancellationToken ct) =>
        await db.Memberships.AnyAsync(member => member.OrganizationId == Organization && member.UserId == userId, ct)
        || await Matching(new AuditQuery { About = userId }).AnyAsync(ct);

    private async IAsyncEnumerable<AuditRecord> ReadAsync(List<Guid> ids, AuditQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var portion in ids.Chunk(ExportPage))
        {
            var entries = await db.AuditEntries.AsNoTracking().Where(entry => portion.Contains(entry.Id)).InOrderOf(query).ToListAsync(ct);
            foreach (var record in await NamedAsync(entries, ct))
                yield return record;
        }
    }

    private async Task<List<AuditRecord>> NamedAsync(List<AuditEntry> entries, CancellationToken ct)
    {
        var ids = entries.Where(entry => entry.ActorId is not null).Select(entry => entry.ActorId!.Value).Distinct().ToList();
        var users = await db.Users.AsNoTracking().Where(user => ids.Contains(user.Id))
            .Select(user => new AuditUser(user.Id, user.Username, user.DisplayName, user.Email)).ToDictionaryAsync(user => user.Id, ct);
        return [.. entries.Select(entry => new AuditRecord(entry, entry.ActorId is { } id ? users.GetValueOrDefault(id) : null))];
    }
}
