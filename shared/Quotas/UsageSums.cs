using Microsoft.EntityFrameworkCore;

namespace Platform.Quotas;

/// <summary>Sums over rows of use.</summary>
internal static class UsageSums
{
    /// <summary>Every day of the range, the first first.</summary>
    public static async Task<IReadOnlyList<DailyUsage>> ByDayAsync(this IQueryable<UsageDay> rows, UsageRange range, CancellationToken ct)
    {
        var days = await rows.GroupBy(row => row.Day).Select(day => new
        {
            day.Key,
            Amount = new UsageAmount(day.Sum(row => row.Executions), day.Sum(row => row.CpuMilliseconds), day.Sum(row => row.MemoryKbSeconds)),
        }).ToDictionaryAsync(day => day.Key, day => UsageFigures.Of(day.Amount), ct);
        return [.. range.Days.Select(day => days.TryGetValue(day, out var used)
            ? new DailyUsage(day, used.Executions, used.CpuSeconds, used.MemoryMbSeconds)
            : new DailyUsage(day, 0, 0, 0))];
    }

    /// <summary>The projects that were worked in, the most used first.</summary>
    public static async Task<IReadOnlyList<ProjectUsage>> ByProjectAsync(this IQueryable<UsageDay> rows, CancellationToken ct)
    {
        var projects = await rows.GroupBy(row => new { row.ProjectId, row.OrganizationId }).Select(project => new
        {
            project.Key,
            Amount = new UsageAmount(project.Sum(row => row.Executions), project.Sum(row => row.CpuMilliseconds), project.Sum(row => row.MemoryKbSeconds)),
        }).ToListAsync(ct);
        return [.. projects.OrderByDescending(project => project.Amount.Executions).ThenBy(project => project.Key.ProjectId)
            .Select(project => (project.Key, Used: UsageFigures.Of(project.Amount)))
            .Select(project => new ProjectUsage(project.Key.ProjectId, project.Key.OrganizationId, project.Used.Executions, project.Used.CpuSeconds, project.Used.MemoryMbSeconds))];
    }

    public static async Task<UsageFigures> TotalAsync(this IQueryable<UsageDay> rows, CancellationToken ct) => UsageFigures.Of(await rows.GroupBy(row => 1)
        .Select(all => new UsageAmount(all.Sum(row => row.Executions), all.Sum(row => row.CpuMilliseconds), all.Sum(row => row.MemoryKbSeconds))).SingleOrDefaultAsync(ct));
}
