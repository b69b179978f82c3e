using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.Quotas;

/// <summary>Reads what the members of the active organization used there, for its admins.</summary>
public sealed class OrganizationUsageQueries(PlatformDbContext db, Caller caller, QuotaBook book, UsageQueries usage, TimeProvider clock)
{
    public async Task<Result<OrganizationUsageReport>> ReadAsync(OrganizationUsageFilter filter, CancellationToken ct)
    {
        var (today, organization) = (clock.Today(), caller.OrganizationId!.Value);
        var range = UsageRange.Of(filter.StartDate, filter.EndDate, today);
        if (!range.IsOk)
            return range.Error;

        var rows = Rows(organization, filter.ProjectId, range.Value);
        var projects = await rows.ByProjectAsync(ct);
        return new OrganizationUsageReport(
            organization,
            range.Value.Start,
            range.Value.End,
            today.End(),
            await StandingsAsync(organization, ct),
            await rows.TotalAsync(ct),
            await rows.ByDayAsync(range.Value, ct),
            projects,
            await MembersAsync(rows, filter, ct),
            await rows.Select(row => row.UserId).Distinct().CountAsync(ct),
            filter.Limit,
            filter.Offset);
    }

    private IQueryable<UsageDay> Rows(Guid organization, Guid? projectId, UsageRange range)
    {
        var (first, last) = (range.Start, range.End);
        var rows = db.UsageDays.Where(row => row.OrganizationId == organization && row.Day >= first && row.Day <= last);
        return projectId is { } project ? rows.Where(row => row.ProjectId == project) : rows;
    }

    // An organization has a few hundred projects at most.
    private async Task<IReadOnlyList<QuotaStanding>> StandingsAsync(Guid organization, CancellationToken ct)
    {
        var projects = await db.Projects.Where(project => project.OrganizationId == organization).OrderBy(project => project.Id).Select(project => project.Id).ToListAsync(ct);
        var subjects = projects.Prepend(organization).ToList();
        var overrides = await db.QuotaOverrides.AsNoTracking().Where(row => subjects.Contains(row.SubjectId)).ToDictionaryAsync(row => row.SubjectId, ct);
        var standings = new List<QuotaStanding>(await usage.StandAsync(Of(SubjectKind.Organization, organization), ct));
        foreach (var project in projects.Select(id => Of(SubjectKind.Project, id)).Where(project => project.Limits.Any))
            standings.AddRange((await usage.StandAsync(project, ct)).Where(standing => standing.Limit is not null));
        return standings;

        SubjectLimits Of(SubjectKind kind, Guid id) => new(kind, id, book.Of(kind, overrides.GetValueOrDefault(id)));
    }

    private async Task<IReadOnlyList<MemberUsage>> MembersAsync(IQueryable<UsageDay> rows, OrganizationUsageFilter filter, CancellationToken ct)
    {
        var page = await rows.GroupBy(row => row.UserId)
            .Select(user => new { Id = user.Key, Executions = user.Sum(row => row.Executions), Cpu = user.Sum(row => row.CpuMilliseconds), Memory = user.Sum(row => row.MemoryKbSeconds) })
            .OrderByDescending(user => user.Executions).ThenBy(user => user.Id).Skip(filter.Offset).Take(filter.Limit).ToListAsync(ct);
        var ids = page.ConvertAll(user => user.Id);
        var names = await db.Users.Where(user => ids.Contains(user.Id)).ToDictionaryAsync(user => user.Id, user => user.Username, ct);
        return page.ConvertAll(user =>
        {
            var used = UsageFigures.Of(new UsageAmount(user.Executions, user.Cpu, user.Memory));
            return new MemberUsage(user.Id, names.GetValueOrDefault(user.Id), used.Executions, used.CpuSeconds, used.MemoryMbSeconds);
        });
    }
}
