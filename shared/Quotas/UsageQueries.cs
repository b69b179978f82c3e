using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.Quotas;

/// <summary>Reads what was used and how that stands against the limits of today.</summary>
public sealed class UsageQueries(PlatformDbContext db, Caller caller, QuotaBook book, TimeProvider clock)
{
    private static readonly QuotaType[] Types = Enum.GetValues<QuotaType>();

    /// <summary>The caller's own use, in all organizations; with an access token in the token's.</summary>
    public async Task<Result<UsageReport>> ReadOwnAsync(UsageFilter filter, CancellationToken ct)
    {
        var today = clock.Today();
        var range = UsageRange.Of(filter.StartDate, filter.EndDate, today);
        if (!range.IsOk)
            return range.Error;

        var rows = Own(filter.ProjectId, range.Value);
        using var acting = db.ActAs(Caller.Platform); // his use in other organizations than the active one
        return new UsageReport(
            caller.UserId!.Value,
            range.Value.Start,
            range.Value.End,
            today.End(),
            await OwnStandingsAsync(ct),
            await rows.TotalAsync(ct),
            await rows.ByDayAsync(range.Value, ct),
            await rows.ByProjectAsync(ct));
    }

    /// <summary>Today's use of a subject against each of its limits.</summary>
    public async Task<IReadOnlyList<QuotaStanding>> StandAsync(SubjectLimits subject, CancellationToken ct)
    {
        var used = await db.SumAsync(subject.Kind, subject.Id, clock.Today(), ct);
        return [.. Types.Select(type => QuotaStanding.Of(subject, type, used))];
    }

    private IQueryable<UsageDay> Own(Guid? projectId, UsageRange range)
    {
        var (me, first, last) = (caller.UserId, range.Start, range.End);
        var rows = db.UsageDays.Where(row => row.UserId == me && row.Day >= first && row.Day <= last);
        if (caller is { Credential: CredentialKind.AccessToken, OrganizationId: var organization })
            rows = rows.Where(row => row.OrganizationId == organization);
        if (caller.TokenProjects is { } projects)
            rows = rows.Where(row => projects.Contains(row.ProjectId));
        return projectId is { } project ? rows.Where(row => row.ProjectId == project) : rows;
    }

    private async Task<IReadOnlyList<QuotaStanding>> OwnStandingsAsync(CancellationToken ct)
    {
        var owner = new UsageOwner(caller.UserId!.Value, caller.ProjectId ?? Guid.Empty, caller.OrganizationId ?? Guid.Empty);
        List<QuotaStanding> standings = [];
        foreach (var subject in await book.ReadAsync(owner, ct))
            standings.AddRange((await StandAsync(subject, ct)).Where(standing => subject.Kind == SubjectKind.User || standing.Limit is not null));
        return standings;
    }
}
