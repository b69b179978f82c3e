using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.Quotas;

/// <summary>Operators read and set limits of single users, projects and organizations; in force at once here, within two seconds on other nodes.</summary>
public sealed class QuotaAdministration(PlatformDbContext db, QuotaBook book, UsageQueries usage, OverrideWatch watch, AuditTrail audit, TimeProvider clock)
{
    public async Task<QuotaPage> ListAsync(QuotaFilter filter, CancellationToken ct)
    {
        var matches = db.QuotaOverrides.AsNoTracking();
        if (filter.Subject is { } kind)
            matches = matches.Where(row => row.Subject == kind);
        var rows = await matches.OrderByDescending(row => row.UpdatedAt).ThenBy(row => row.SubjectId).Skip(filter.Offset).Take(filter.Limit).ToListAsync(ct);
        var defaults = Enum.GetValues<SubjectKind>().ToDictionary(EnumWords<SubjectKind>.ToWord, subject => book.Of(subject, own: null));
        return new QuotaPage(defaults, rows.ConvertAll(QuotaOverrideView.Of), await matches.CountAsync(ct), filter.Limit, filter.Offset);
    }

    public async Task<Result<QuotaView>> GetAsync(SubjectKind kind, Guid id, CancellationToken ct) =>
        await ExistsAsync(kind, id, ct) ? await ShowAsync(kind, id, ct) : QuotaErrors.SubjectNotFound;

    /// <summary>Replaces all that was set for the subject.</summary>
    public async Task<Result<QuotaView>> SetAsync(SubjectKind kind, Guid id, QuotaChange change, CancellationToken ct)
    {
        if (!await ExistsAsync(kind, id, ct))
            return QuotaErrors.SubjectNotFound;
        var own = await FindAsync(id, ct) ?? db.QuotaOverrides.Add(new QuotaOverride { SubjectId = id, Subject = kind }).Entity;
        audit.Target("quota", id, EnumWords<SubjectKind>.ToWord(kind));
        Record(own, change);
        own.Set(change, db.Caller.UserId, clock.GetUtcNow());
        return await SaveAsync(kind, id, ct);
    }

    /// <summary>Brings the platform's limits back.</summary>
    public async Task<Result<QuotaView>> ResetAsync(SubjectKind kind, Guid id, CancellationToken ct)
    {
        if (!await ExistsAsync(kind, id, ct))
            return QuotaErrors.SubjectNotFound;
        audit.Target("quota", id, EnumWords<SubjectKind>.ToWord(kind));
        if (await FindAsync(id, ct) is { } own)
        {
            Record(own, new QuotaChange());
            db.Remove(own);
        }

        return await SaveAsync(kind, id, ct);
    }

    private Task<QuotaOverride?> FindAsync(Guid id, CancellationToken ct) => db.QuotaOverrides.SingleOrDefaultAsync(row => row.SubjectId == id, ct);

    private void Record(QuotaOverride own, QuotaChange change)
    {
        Note("executions_per_day", own.ExecutionsPerDay, change.ExecutionsPerDay);
        Note("cpu_seconds_per_day", own.CpuSecondsPerDay, change.CpuSecondsPerDay);
        Note("memory_mb_seconds_per_day", own.MemoryMbSecondsPerDay, change.MemoryMbSecondsPerDay);
        Note("soft_percent", own.SoftPercent, change.SoftPercent);
        audit.Reason(change.Note);

        void Note(string field, long? from, long? to)
        {
            if (from != to)
                audit.Change(field, from, to);
        }
    }

    private async Task<Result<QuotaView>> SaveAsync(SubjectKind kind, Guid id, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException lost) when (lost is DbUpdateConcurrencyException || lost.IsUniqueViolation())
        {
            return QuotaErrors.Stale;
        }

        watch.Forget();
        return await ShowAsync(kind, id, ct);
    }

    private async Task<QuotaView> ShowAsync(SubjectKind kind, Guid id, CancellationToken ct)
    {
        var own = await db.QuotaOverrides.AsNoTracking().SingleOrDefaultAsync(row => row.SubjectId == id, ct);
        var limits = book.Of(kind, own);
        var standing = await usage.StandAsync(new SubjectLimits(kind, id, limits), ct);
        return new QuotaView(kind, id, limits, own is null ? null : QuotaOverrideView.Of(own), standing, clock.Today().End());
    }

    private async Task<bool> ExistsAsync(SubjectKind kind, Guid id, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        return kind switch
        {
            SubjectKind.User => await db.Users.AnyAsync(user => user.Id == id, ct),
            SubjectKind.Project => await db.Projects.AnyAsync(project => project.Id == id && project.Status != ProjectStatus.Deleted, ct),
            _ => await db.Organizations.AnyAsync(organization => organization.Id == id && organization.Status != OrganizationStatus.Deleting, ct),
        };
    }
}
