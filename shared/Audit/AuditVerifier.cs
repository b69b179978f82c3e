using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Identity;

namespace Platform.Audit;

/// <summary>
/// Recomputes the chains from the stored rows and reports what does not fit. May run beside a working platform: a chain is checked up to the end that it had
/// when its turn came, and what retention removes meanwhile is no finding.
/// </summary>
public sealed class AuditVerifier(IServiceScopeFactory scopes, TimeProvider clock)
{
    private const int PageSize = 1000;

    /// <summary>How long an entry may be outside its chain before that is a finding.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <summary>Reports every chain, or one: of an organization, or with the empty id the platform's.</summary>
    public async IAsyncEnumerable<ChainReport> VerifyAsync(Guid? only, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var known = await db.AuditChains.Select(chain => chain.Id).ToListAsync(ct);
        var used = await db.AuditEntries.Select(entry => entry.Chain).Distinct().ToListAsync(ct);
        foreach (var id in known.Union(used).Where(id => only is null || id == only).Order())
            yield return await VerifyAsync(db, id, ct);
    }

    private async Task<ChainReport> VerifyAsync(PlatformDbContext db, Guid id, CancellationToken ct)
    {
        var ends = await db.AuditChains.AsNoTracking().SingleOrDefaultAsync(chain => chain.Id == id, ct);
        var walk = new ChainWalk(ends ?? new AuditChain { Id = id });
        if (ends is null && await db.AuditEntries.AnyAsync(entry => entry.Chain == id && entry.Sequence != null, ct))
            walk.Report("the chain's row is missing");

        while (await PageOf(db, walk).Select(entry => entry.Sequence!.Value).ToListAsync(ct) is { Count: > 0 } page)
        {
            if (page[0] != walk.Expected && await db.AuditChains.AsNoTracking().SingleOrDefaultAsync(chain => chain.Id == id, ct) is { } moved)
                walk.FollowAnchor(moved);
            await StepAsync(db, walk, page, ct);
        }

        walk.End();
        await CheckOutsideAsync(db, walk, ct);
        return walk.ToReport();
    }

    private static IQueryable<AuditEntry> PageOf(PlatformDbContext db, ChainWalk walk) => db.AuditEntries.AsNoTracking()
        .Where(entry => entry.Chain == walk.Id && entry.Sequence > walk.Reached && entry.Sequence <= walk.Last)
        .OrderBy(entry => entry.Sequence).ThenBy(entry => entry.Id).Take(PageSize);

    private static async Task StepAsync(PlatformDbContext db, ChainWalk walk, List<long> page, CancellationToken ct)
    {
        try
        {
            (await PageOf(db, walk).ToListAsync(ct)).ForEach(walk.Step);
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            foreach (var sequence in page.Where(sequence => sequence > walk.Reached).Distinct())
                await StepAsync(db, walk, sequence, ct);
        }
    }

    private static async Task StepAsync(PlatformDbContext db, ChainWalk walk, long sequence, CancellationToken ct)
    {
        try
        {
            (await db.AuditEntries.AsNoTracking().Where(entry => entry.Chain == walk.Id && entry.Sequence == sequence).ToListAsync(ct)).ForEach(walk.Step);
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            walk.SkipUnreadable(sequence);
        }
    }

    // What EF and the converters throw at a word or a type that no column of ours holds.
    private static bool IsUnreadable(Exception fault) => fault is KeyNotFoundException or FormatException or InvalidCastException or InvalidOperationException or OverflowException;

    private async Task CheckOutsideAsync(PlatformDbContext db, ChainWalk walk, CancellationToken ct)
    {
        var entries = db.AuditEntries.Where(entry => entry.Chain == walk.Id);
        var before = await entries.Where(entry => entry.Sequence <= walk.Anchor).CountAsync(ct);
        if (before > 0)
            walk.Report($"{before} entries stand before the anchor {walk.Anchor}");

        // One statement, so that both figures are of one moment.
        var beyond = await db.AuditChains.Where(chain => chain.Id == walk.Id)
            .Select(chain => db.AuditEntries.Count(entry => entry.Chain == chain.Id && entry.Sequence > chain.Sequence)).SingleOrDefaultAsync(ct);
        if (beyond > 0)
            walk.Report($"{beyond} entries stand behind the chain's end");

        var late = clock.GetUtcNow() - LongestWait;
        var waiting = await entries.Where(entry => entry.Sequence == null && entry.Timestamp < late).CountAsync(ct);
        if (waiting > 0)
            walk.Report($"{waiting} entries have waited outside the chain for more than {LongestWait.TotalMinutes} minutes");
    }
}
