using System.Globalization;
using Platform.Functions.Dashboards;
using Platform.Functions.Pages;
using Platform.Organizations;

namespace Platform.Functions.ConsolePages;

/// <summary>The caller's projects, and one at a glance.</summary>
public sealed class ProjectPages(OrganizationQueries organizations, ProjectQueries projects, DashboardReport report)
{
    private static readonly string[] Periods = ["1h", "6h", "24h", "7d", "30d"];

    internal async Task<Result<ConsoleBody>> ListAsync(Caller caller, CancellationToken ct)
    {
        var parts = new List<Html>();
        foreach (var organization in await organizations.ListAsync(caller, ct))
        {
            var rows = (await projects.ListAsync(organization.Id, ct)).Select(project => (IReadOnlyList<Html>)
            [
                Html.Of($"""<a href="{ConsolePlace.PathOf(project.Id)}">{project.Name}</a>"""),
                PageText.Text(project.Description),
                PageText.Time(project.CreatedAt),
            ]);
            parts.Add(Html.Of($"<section><h2>{organization.Name}</h2>{PageText.Table($"Projects of {organization.Name}", ["Project", "Description", "Created (UTC)"], rows)}</section>"));
        }

        return new ConsoleBody("Projects", Html.Join(parts));
    }

    internal async Task<Result<ConsoleBody>> ShowAsync(ConsolePlace place, string period, CancellationToken ct)
    {
        if (!place.Can(Permissions.MetricsRead))
            return PermissionErrors.Missing(place.Caller, Permissions.MetricsRead);
        var dashboard = await report.RunAsync(place.Project.Id, period, ct);
        var choice = Html.Join(Periods.Select(word => Html.Of($"""<li><a href="{place.Path}?period={word}"{(word == period ? Html.Of($" aria-current=\"true\"") : Html.None)}>{word}</a></li>""")));
        return new ConsoleBody("Overview", Html.Of($"""
            <nav class="periods" aria-label="Period"><ul>{choice}</ul></nav>
            {Html.When(dashboard.Errors.Count > 0, () => Html.Of($"<p class=\"refusal\">Could not be read: {string.Join(", ", dashboard.Errors)}.</p>"))}
            <div class="cards">{Cards(dashboard)}</div>
            {Custom(dashboard)}{Activity(dashboard)}
            """));
    }

    private static Html Cards(Dashboard dashboard) => Html.Join(
    [
        dashboard.Builds is { } builds
            ? Card("Builds", builds.DeltaPct, ("Builds", "total", $"{builds.Total}"), ("Running", "running", $"{builds.Running}"), ("Waiting", "queued", $"{builds.Queued}"), ("Succeeded", "succeeded", $"{builds.Succeeded}"),
                ("Failed", "failed", $"{builds.Failed}"), ("Success", "successRate", PageText.Percent(builds.SuccessRate)), ("Duration, 95th percentile", "p95DurationMs", PageText.Ms(builds.P95DurationMs)))
            : Html.None,
        dashboard.Functions is { } functions
            ? Card("Functions", functions.DeltaPct, ("Functions", "total", $"{functions.Total}"), ("Switched on", "enabled", $"{functions.Enabled}"), ("Invocations", "invocations", $"{functions.Invocations}"),
                ("Failed", "errors", $"{functions.Errors}"), ("Share of failures", "errorRate", PageText.Percent(functions.ErrorRate)), ("Call, 95th percentile", "p95DurationMs", PageText.Ms(functions.P95DurationMs)),
                ("Cold starts", "coldStartRate", PageText.Percent(functions.ColdStartRate)))
            : Html.None,
        dashboard.Deployments is { } deployments
            ? Card("Deployments", deployments.DeltaPct, ("Deployments", "total", $"{deployments.Total}"), ("Succeeded", "succeeded", $"{deployments.Succeeded}"), ("Failed", "failed", $"{deployments.Failed}"),
                ("Rolled back", "rolledBack", $"{deployments.RolledBack}"))
            : Html.None,
        dashboard.Databases is { } databases
            ? Card("Databases", databases.DeltaPct, ("Databases", "total", $"{databases.Total}"), ("Size", "sizeBytes", PageText.Bytes(databases.SizeBytes)), ("Queries", "queries", $"{databases.Queries}"),
                ("Failed queries", "queryErrors", $"{databases.QueryErrors}"), ("Query, 95th percentile", "p95QueryMs", PageText.Ms(databases.P95QueryMs)), ("Failed backups", "backupsFailed", $"{databases.BackupsFailed}"))
            : Html.None,
        dashboard.Alerts is { } alerts
            ? Card("Alerts", alerts.DeltaPct, ("Alerts", "total", $"{alerts.Total}"), ("Firing", "firing", $"{alerts.Firing}"), ("Pending", "pending", $"{alerts.Pending}"),
                ("Without data", "noData", $"{alerts.NoData}"), ("Muted", "muted", $"{alerts.Muted}"), ("Incidents", "incidents", $"{alerts.Incidents}"))
            : Html.None,
        dashboard.Webhooks is { } webhooks
            ? Card("Webhooks", webhooks.DeltaPct, ("Active", "active", $"{webhooks.Active}"), ("Disabled", "disabled", $"{webhooks.Disabled}"), ("Deliveries", "deliveries", $"{webhooks.Deliveries}"),
                ("Failed", "failed", $"{webhooks.Failed}"), ("Delivered", "successRate", PageText.Percent(webhooks.SuccessRate)))
            : Html.None,
        dashboard.Api is { } api
            ? Card("API", api.DeltaPct, ("Requests", "requests", $"{api.Requests}"), ("Server errors", "errors5xx", $"{api.Errors5xx}"), ("Request, 95th percentile", "p95DurationMs", PageText.Ms(api.P95DurationMs)))
            : Html.None,
        dashboard.Team is { } team
            ? Card("Team", new Dictionary<string, double?>(), ("Members", "members", $"{team.Members}"), ("Open invitations", "pendingInvitations", $"{team.PendingInvitations}"))
            : Html.None,
    ]);

    private static Html Card(string title, IReadOnlyDictionary<string, double?> changes, params IReadOnlyList<(string Name, string Key, string Value)> figures) => Html.Of($"""
        <section class="card"><h2>{title}</h2>{PageText.Facts([.. figures.Select(figure => (figure.Name, Html.Of($"{figure.Value}{Change(changes, figure.Key)}")))])}</section>
        """);

    private static Html Change(IReadOnlyDictionary<string, double?> changes, string key) => changes.GetValueOrDefault(key) is { } change
        ? Html.Of($""" <small>{change.ToString("+0.##;-0.##;0", CultureInfo.InvariantCulture)} %</small>""")
        : Html.None;

    private static Html Custom(Dashboard dashboard) => dashboard.Custom is { } custom
        ? Html.Of($"""
            <section><h2>Recorded metrics</h2>{PageText.Table("Metrics with the most points", ["Metric", "Last", "Average", "Points"], custom.Select(figure => (IReadOnlyList<Html>)
            [
                PageText.Text(figure.Name), PageText.Text(PageText.Number(figure.Last)), PageText.Text(PageText.Number(figure.Avg)), Html.Of($"{figure.Count}"),
            ]))}</section>
            """)
        : Html.None;

    private static Html Activity(Dashboard dashboard) => dashboard.Activity is { } activity
        ? Html.Of($"""
            <section><h2>Activity</h2>{PageText.Table("What happened lately", ["Time (UTC)", "What"], activity.Select(entry => (IReadOnlyList<Html>)[PageText.Time(entry.Timestamp), PageText.Text(entry.Summary)]))}</section>
            """)
        : Html.None;
}
