using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.Quotas;

/// <summary>The reads that executions make on their way.</summary>
internal static class QuotaReads
{
    private static readonly HotQuery<Func<PlatformDbContext, Guid, DateOnly, CancellationToken, Task<UsageAmount?>>> OfUser = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, Guid user, DateOnly day, CancellationToken ct) => db.UsageDays.Where(row => row.UserId == user && row.Day == day).GroupBy(row => 1)
            .Select(all => new UsageAmount(all.Sum(row => row.Executions), all.Sum(row => row.CpuMilliseconds), all.Sum(row => row.MemoryKbSeconds))).SingleOrDefault()));

    private static readonly HotQuery<Func<PlatformDbContext, Guid, DateOnly, CancellationToken, Task<UsageAmount?>>> OfProject = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, Guid project, DateOnly day, CancellationToken ct) => db.UsageDays.Where(row => row.ProjectId == project && row.Day == day).GroupBy(row => 1)
            .Select(all => new UsageAmount(all.Sum(row => row.Executions), all.Sum(row => row.CpuMilliseconds), all.Sum(row => row.MemoryKbSeconds))).SingleOrDefault()));

    private static readonly HotQuery<Func<PlatformDbContext, Guid, DateOnly, CancellationToken, Task<UsageAmount?>>> OfOrganization = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, Guid organization, DateOnly day, CancellationToken ct) => db.UsageDays.Where(row => row.OrganizationId == organization && row.Day == day).GroupBy(row => 1)
            .Select(all => new UsageAmount(all.Sum(row => row.Executions), all.Sum(row => row.CpuMilliseconds), all.Sum(row => row.MemoryKbSeconds))).SingleOrDefault()));

    private static readonly HotQuery<Func<PlatformDbContext, Guid, Guid, Guid, IAsyncEnumerable<QuotaOverride>>> Overrides = new(() => EF.CompileAsyncQuery(
        (PlatformDbContext db, Guid user, Guid project, Guid organization) =>
            db.QuotaOverrides.AsNoTracking().Where(row => row.SubjectId == user || row.SubjectId == project || row.SubjectId == organization)));

    /// <summary>What a subject has used on a day, whoever asks.</summary>
    public static async Task<UsageAmount> SumAsync(this PlatformDbContext db, SubjectKind kind, Guid id, DateOnly day, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform); // a limit of an organization is about the use of all its members
        var query = kind switch
        {
            SubjectKind.User => OfUser,
            SubjectKind.Project => OfProject,
            _ => OfOrganization,
        };
        return await query.For(db)(db, id, day, ct) ?? UsageAmount.None;
    }

    /// <summary>What operators have set for a use's subjects.</summary>
    public static ValueTask<List<QuotaOverride>> FindOverridesAsync(this PlatformDbContext db, UsageOwner owner, CancellationToken ct) =>
        Overrides.For(db)(db, owner.UserId, owner.ProjectId, owner.OrganizationId).ToListAsync(ct);
}
