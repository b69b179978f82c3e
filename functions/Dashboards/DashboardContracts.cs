using System.ComponentModel.DataAnnotations;
using Platform.Alerts;
using Platform.Builds;
using Platform.Dashboards;
using Platform.Databases;
using Platform.Functions.Audit;
using Platform.Metrics;
using Platform.Organizations;
using Platform.UserFunctions;
using Platform.Webhooks;

namespace Platform.Functions.Dashboards;

/// <summary>Query of <c>GET /api/analytics/dashboard</c>.</summary>
public sealed record DashboardQuery
{
    /// <summary>A project of the active organization; absent: the active one.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The time until now.</summary>
    [AllowedValues("1h", "6h", "24h", "7d", "30d")]
    public string Period { get; init; } = "24h";
}

/// <summary>Headline figures of a project. A part is null when the caller may not read it, or when <paramref name="Errors"/> names it.</summary>
/// <param name="Period">As it was asked for.</param>
/// <param name="From">The first moment that counts.</param>
/// <param name="To">The first moment that does not count any more.</param>
/// <param name="PreviousFrom">Where the period begins that changes are measured against; it ends at <paramref name="From"/>.</param>
/// <param name="Errors">Parts that could not be read this time.</param>
public sealed record Dashboard(string Period, DateTimeOffset From, DateTimeOffset To, DateTimeOffset PreviousFrom, IReadOnlyList<string> Errors)
{
    public DashboardBuildFigures? Builds { get; init; }

    public DashboardFunctionFigures? Functions { get; init; }

    public DashboardDeploymentFigures? Deployments { get; init; }

    public DatabaseFigures? Databases { get; init; }

    public AlertFigures? Alerts { get; init; }

    public WebhookFigures? Webhooks { get; init; }

    public TeamFigures? Team { get; init; }

    public ApiFigures? Api { get; init; }

    public IReadOnlyList<CustomFigure>? Custom { get; init; }

    public IReadOnlyList<ActivityEntry>? Activity { get; init; }

    internal static Dashboard Of(string period, DashboardRange range, DashboardFigures figures) => new(period, range.From, range.To, range.PreviousFrom, figures.Errors)
    {
        Builds = figures.Find<DashboardBuildFigures>("builds"),
        Functions = figures.Find<DashboardFunctionFigures>("functions"),
        Deployments = figures.Find<DashboardDeploymentFigures>("deployments"),
        Databases = figures.Find<DatabaseFigures>("databases"),
        Alerts = figures.Find<AlertFigures>("alerts"),
        Webhooks = figures.Find<WebhookFigures>("webhooks"),
        Team = figures.Find<TeamFigures>("team"),
        Api = figures.Find<ApiFigures>("api"),
        Custom = figures.Find<IReadOnlyList<CustomFigure>>("custom"),
        Activity = figures.Find<IReadOnlyList<ActivityEntry>>("activity"),
    };
}
