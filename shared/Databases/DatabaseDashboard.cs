using Microsoft.EntityFrameworkCore;
using Platform.Dashboards;
using Platform.Data;
using Platform.Identity;
using Platform.Metrics;

namespace Platform.Databases;

/// <summary>Managed databases of the project.</summary>
/// <param name="DeltaPct">Change against the period before, by figure.</param>
public sealed record DatabaseFigures(
    int Total, long SizeBytes, long Queries, long QueryErrors, long? P95QueryMs, int BackupsFailed, IReadOnlyDictionary<string, double?> DeltaPct);

/// <summary>The dashboard's part <c>databases</c>.</summary>
public sealed class DatabaseDashboard(PlatformDbContext db, MetricSummaries summaries) : IDashboardPart
{
    public string Name => "databases";

    public string Permission => Permissions.DatabasesRead;

    public async Task<Result<object>> ReadAsync(DashboardRange range, CancellationToken ct)
    {
        var databases = db.Databases.AsNoTracking().Where(database => database.ProjectId == range.ProjectId);
        var (total, size) = (await databases.CountAsync(ct), await databases.SumAsync(database => database.SizeBytes, ct));
        var now = await PeriodAsync(range.ProjectId, new MetricRange(range.From, range.To), ct);
        var before = await PeriodAsync(range.ProjectId, new MetricRange(range.PreviousFrom, range.From), ct);
        if ((now.Error ?? before.Error) is { } refusal)
            return refusal;
        var (current, former) = (now.Value, before.Value);
        return new DatabaseFigures(total, size, current.Queries, current.Errors, current.P95Ms, current.BackupsFailed, new Dictionary<string, double?>
        {
            ["queries"] = Delta.Pct(current.Queries, former.Queries),
            ["queryErrors"] = Delta.Pct(current.Errors, former.Errors),
            ["p95QueryMs"] = Delta.Pct(current.P95Ms, former.P95Ms),
            ["backupsFailed"] = Delta.Pct(current.BackupsFailed, former.BackupsFailed),
        });
    }

    private async Task<Result<Period>> PeriodAsync(Guid projectId, MetricRange range, CancellationToken ct)
    {
        var queries = await summaries.PlatformAsync(projectId, "database.query_duration", range, ["count", "p95"], ct);
        var errors = await summaries.PlatformAsync(projectId, "database.query_errors", range, ["sum"], ct);
        if ((queries.Error ?? errors.Error) is { } refusal)
            return refusal;
        var failed = await db.DatabaseBackups
            .CountAsync(backup => backup.ProjectId == projectId && backup.Status == BackupStatus.Failed && backup.CreatedAt >= range.From && backup.CreatedAt < range.To, ct);
        return new Period(queries.Value.Whole("count"), errors.Value.Whole("sum"), queries.Value.Ms("p95"), failed);
    }

    private sealed record Period(long Queries, long Errors, long? P95Ms, int BackupsFailed);
}
