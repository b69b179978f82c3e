using Platform.Dashboards;
using Platform.Identity;

namespace Platform.Metrics;

/// <summary>Requests to the API on the project.</summary>
/// <param name="DeltaPct">Change against the period before, by figure.</param>
public sealed record ApiFigures(long Requests, long Errors5xx, long? P95DurationMs, IReadOnlyDictionary<string, double?> DeltaPct);

/// <summary>The dashboard's part <c>api</c>, from the platform's series of the same name.</summary>
public sealed class ApiDashboard(MetricSummaries summaries) : IDashboardPart
{
    private const string Requests = "api.requests";

    public string Name => "api";

    public string Permission => Permissions.MetricsRead;

    public async Task<Result<object>> ReadAsync(DashboardRange range, CancellationToken ct)
    {
        var (now, before) = (await FiguresAsync(range.ProjectId, new MetricRange(range.From, range.To), ct), await FiguresAsync(range.ProjectId, new MetricRange(range.PreviousFrom, range.From), ct));
        if ((now.Error ?? before.Error) is { } refusal)
            return refusal;
        var (current, former) = (now.Value, before.Value);
        return current with
        {
            DeltaPct = new Dictionary<string, double?>
            {
                ["requests"] = Delta.Pct(current.Requests, former.Requests),
                ["errors5xx"] = Delta.Pct(current.Errors5xx, former.Errors5xx),
                ["p95DurationMs"] = Delta.Pct(current.P95DurationMs, former.P95DurationMs),
            },
        };
    }

    private async Task<Result<ApiFigures>> FiguresAsync(Guid projectId, MetricRange range, CancellationToken ct)
    {
        var requests = await summaries.PlatformAsync(projectId, Requests, range, ["sum"], ct);
        var faults = new SeriesFilter
        {
            ProjectId = projectId,
            Names = [Requests],
            Sources = [MetricSource.Platform],
            Tags = new Dictionary<string, IReadOnlyList<string>> { ["statusClass"] = ["5xx"] },
        };
        var errors = await summaries.ReadAsync(faults, range, ["sum"], ct);
        var durations = await summaries.PlatformAsync(projectId, "api.request_duration", range, ["p95"], ct);
        if ((requests.Error ?? errors.Error ?? durations.Error) is { } refusal)
            return refusal;
        return new ApiFigures(requests.Value.Whole("sum"), errors.Value.Whole("sum"), durations.Value.Ms("p95"), new Dictionary<string, double?>());
    }
}
