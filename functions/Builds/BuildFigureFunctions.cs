using Microsoft.AspNetCore.Http;
using Platform.Builds;
using Platform.Functions.Http;
using Platform.Functions.Metrics;

namespace Platform.Functions.Builds;

/// <summary>Figures of builds and of their history.</summary>
[Api(Family.Delivery)]
public sealed class BuildFigureFunctions(BuildQueries builds, BuildFigureQueries figures, AnalyzeBuilds analytics, ReportCache reports)
{
    private const string One = "api/builds/{buildId}";

    /// <summary>Read the figures of a build: times of phases and steps, memory, log, artifacts, cache.</summary>
    [Function("Builds_GetMetrics")]
    [Operation(Permissions.BuildsRead, Rate.Default, ObjectFirst = true)]
    public async Task<Result<BuildFigures>> GetMetricsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{One}/metrics")] HttpRequest http, string buildId, CancellationToken ct)
    {
        var found = await builds.FindAsync(buildId.ToId(), Permissions.BuildsRead, ct);
        return found.IsOk ? await figures.ReadAsync(found.Value, ct) : found.Error;
    }

    /// <summary>Read the history of the project's builds, seen from this one.</summary>
    [Function("Builds_GetAnalytics")]
    [Operation(Permissions.BuildsRead, Rate.Default, ObjectFirst = true, Query = typeof(BuildAnalyticsQuery), Response = typeof(BuildAnalytics))]
    public async Task<object> GetAnalyticsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{One}/analytics")] HttpRequest http, string buildId, CancellationToken ct)
    {
        var found = await builds.FindAsync(buildId.ToId(), Permissions.BuildsRead, ct);
        var query = found.IsOk ? http.ReadQuery<BuildAnalyticsQuery>() : found.Error;
        if (!query.IsOk)
            return (Result<Nothing>)query.Error;
        return await reports.AnswerAsync(http, (found.Value.OrganizationId, found.Value.Id), query.Value, () => analytics.ReadAsync(found.Value, query.Value, ct));
    }
}
