using Microsoft.AspNetCore.Http;
using Platform.Functions.Http;
using Platform.Functions.Metrics;
using Platform.Organizations;

namespace Platform.Functions.Dashboards;

/// <summary>A project at a glance.</summary>
[Api(Family.Delivery)]
public sealed class DashboardFunctions(DashboardReport report, RequestedProject project, ReportCache reports, CallerScope scope)
{
    /// <summary>Read the headline figures of a project, each with its change against the period before.</summary>
    [Function("Dashboard_Get")]
    [Operation(Permissions.MetricsRead, Rate.Default, ObjectFirst = true, Query = typeof(DashboardQuery), Response = typeof(Dashboard))]
    public async Task<object> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/analytics/dashboard")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<DashboardQuery>();
        var place = await project.EnterAsync(query.IsOk ? query.Value.ProjectId : null, Permissions.MetricsRead, ct);
        if (!place.IsOk || !query.IsOk)
            return (Result<Nothing>)(place.Error ?? query.Error)!;

        // Who may see other parts has an answer of his own; so has who sees the organization's activity, of which others see the project's only.
        var period = query.Value.Period;
        var key = new DashboardKey(period, report.Visible(place.Value), scope.Current.CanIn(null, Permissions.TeamActivity));
        return await reports.AnswerAsync(http, (scope.Current.OrganizationId, place.Value), key, async () => (Result<Dashboard>)await report.RunAsync(place.Value, period, ct));
    }

    private sealed record DashboardKey(string Period, IReadOnlyList<string> Parts, bool SeesOrganization);
}
