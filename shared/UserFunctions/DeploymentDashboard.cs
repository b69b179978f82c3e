using Microsoft.EntityFrameworkCore;
using Platform.Dashboards;
using Platform.Data;
using Platform.Identity;

namespace Platform.UserFunctions;

/// <summary>Deployments of the project's functions that were begun in the period.</summary>
/// <param name="DeltaPct">Change against the period before, by figure.</param>
public sealed record DashboardDeploymentFigures(int Total, int Succeeded, int Failed, int RolledBack, IReadOnlyDictionary<string, double?> DeltaPct);

/// <summary>The dashboard's part <c>deployments</c>.</summary>
public sealed class DeploymentDashboard(PlatformDbContext db) : IDashboardPart
{
    public string Name => "deployments";

    public string Permission => Permissions.FunctionsRead;

    public async Task<Result<object>> ReadAsync(DashboardRange range, CancellationToken ct)
    {
        var (now, before) = (await PeriodAsync(range.ProjectId, range.From, range.To, ct), await PeriodAsync(range.ProjectId, range.PreviousFrom, range.From, ct));
        return new DashboardDeploymentFigures(now.Total, now.Succeeded, now.Failed, now.RolledBack, new Dictionary<string, double?>
        {
            ["total"] = Delta.Pct(now.Total, before.Total),
            ["succeeded"] = Delta.Pct(now.Succeeded, before.Succeeded),
            ["failed"] = Delta.Pct(now.Failed, before.Failed),
            ["rolledBack"] = Delta.Pct(now.RolledBack, before.RolledBack),
        });
    }

    private async Task<Period> PeriodAsync(Guid projectId, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var counts = await db.FunctionDeployments.Where(deployment => deployment.ProjectId == projectId && deployment.CreatedAt >= from && deployment.CreatedAt < to)
            .GroupBy(deployment => deployment.Status).Select(group => new { Status = group.Key, Count = group.Count() }).ToDictionaryAsync(row => row.Status, row => row.Count, ct);
        return new Period(counts.Values.Sum(), counts.GetValueOrDefault(DeploymentStatus.Succeeded), counts.GetValueOrDefault(DeploymentStatus.Failed), counts.GetValueOrDefault(DeploymentStatus.RolledBack));
    }

    private sealed record Period(int Total, int Succeeded, int Failed, int RolledBack);
}
