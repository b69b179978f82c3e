using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Quotas;

/// <summary>Deletes use past its retention, notices of days that are over, and limits of subjects that are gone.</summary>
public sealed class QuotaSweep(ExpiredRows expired, IOptions<QuotaOptions> options, TimeProvider clock)
{
    private const int NoticesKeptDays = 2;

    public async Task<int> SweepAsync(CancellationToken ct)
    {
        var today = clock.Today();
        var (usage, notices) = (today.AddDays(-options.Value.RetentionDays), today.AddDays(-NoticesKeptDays));
        return await expired.DeleteAsync(
                db => db.UsageDays.Where(row => row.Day < usage).OrderBy(row => row.Day).ThenBy(row => row.OrganizationId).ThenBy(row => row.ProjectId).ThenBy(row => row.UserId), ct)
            + await expired.DeleteAsync(db => db.QuotaNotices.Where(row => row.Day < notices).OrderBy(row => row.Day).ThenBy(row => row.SubjectId).ThenBy(row => row.Quota).ThenBy(row => row.Level), ct)
            + await expired.DeleteAsync(Orphans, ct);
    }

    private static IOrderedQueryable<QuotaOverride> Orphans(PlatformDbContext db) => db.QuotaOverrides
        .Where(row => !db.Users.Any(user => user.Id == row.SubjectId) && !db.Organizations.Any(organization => organization.Id == row.SubjectId)
            && !db.Projects.Any(project => project.Id == row.SubjectId && project.Status != ProjectStatus.Deleted))
        .OrderBy(row => row.SubjectId);
}
