using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.Admin;

/// <summary>What an area lets operators count, by its name on the wire (<c>tests</c>, <c>runs</c> …).</summary>
public sealed record CountedRows(string Name, Func<PlatformDbContext, CancellationToken, Task<long>> CountAsync);

public sealed record UserCounts(long TotalUsers, long NewUsersThisMonth, long ActiveUsers, long BannedUsers);

public sealed record OrganizationCounts(long TotalOrganizations, long TotalProjects, long TotalJobs, long TotalTests, long TotalMonitors, long TotalRuns);

public sealed record PlatformCounts(UserCounts Users, OrganizationCounts Organizations);

/// <summary>The size of the platform, for operators. Areas that hold jobs, tests, monitors and runs register how they are counted; there are none without such an area.</summary>
public sealed class PlatformStatistics(PlatformDbContext db, IEnumerable<CountedRows> counted, TimeProvider clock)
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    public async Task<PlatformCounts> ReadAsync(CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        return new PlatformCounts(await CountUsersAsync(ct), await CountOrganizationsAsync(ct));
    }

    private async Task<UserCounts> CountUsersAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var since = now - Month;
        var total = await db.Users.LongCountAsync(ct);
        var recent = await db.Users.LongCountAsync(user => user.CreatedAt > since, ct);
        var banned = await db.Users.LongCountAsync(user => user.BannedUntil > now, ct);
        return new UserCounts(total, recent, total - banned, banned);
    }

    private async Task<OrganizationCounts> CountOrganizationsAsync(CancellationToken ct)
    {
        var organizations = await db.Organizations.LongCountAsync(organization => organization.Status != OrganizationStatus.Deleting, ct);
        var projects = await db.Projects.LongCountAsync(project => project.Status != ProjectStatus.Deleted, ct);
        return new OrganizationCounts(organizations, projects, await CountAsync("jobs", ct), await CountAsync("tests", ct), await CountAsync("monitors", ct), await CountAsync("runs", ct));
    }

    private Task<long> CountAsync(string name, CancellationToken ct) => counted.FirstOrDefault(rows => rows.Name == name) is { } rows ? rows.CountAsync(db, ct) : Task.FromResult(0L);
}
