using Platform.Alerts;
using Platform.Data;
using Platform.Functions.Pages;

namespace Platform.Functions.ConsolePages;

/// <summary>A project's alerts, and one with its history.</summary>
public sealed class AlertPages(AlertQueries alerts, CheckAlert check, AlertCharts charts, TimeProvider clock)
{
    private const int MostAlerts = 200;
    private const int MostIncidents = 20;
    private static readonly (string Name, int Minutes)[] Mutes = [("1 hour", 60), ("8 hours", 480), ("a week", 10_080)];

    internal async Task<Result<ConsoleBody>> ListAsync(ConsolePlace place, CancellationToken ct)
    {
        if (!place.Can(Permissions.AlertsRead))
            return PermissionErrors.Missing(place.Caller, Permissions.AlertsRead);
        var now = clock.GetUtcNow();
        var page = await alerts.ListAsync(new AlertFilter { ProjectId = place.Project.Id }, MostAlerts, 0, ct);
        var rows = page.Items.Select(alert => (IReadOnlyList<Html>)
        [
            Html.Of($"""<a href="{place.PathTo(ConsoleTab.Alerts)}/{alert.Id}">{alert.Name}</a>"""),
            StateOf(alert, now),
            PageText.Text(EnumWords<AlertSeverity>.ToWord(alert.Severity)),
            Html.Of($"<code>{alert.Expression}</code>"),
            PageText.Text(PageText.Number(alert.LastValue)),
            PageText.Time(alert.StateSince),
        ]);
        return new ConsoleBody("Alerts", PageText.Table("Alerts of the project", ["Alert", "State", "Severity", "Condition", "Last value", "Since (UTC)"], rows));
    }

    internal async Task<Result<ConsoleBody>> ShowAsync(ConsolePlace place, Guid id, CancellationToken ct)
    {
        var found = await alerts.FindAsync(id, Permissions.AlertsRead, ct);
        if (!found.IsOk)
            return found.Error;
        var alert = found.Value;
        if (alert.ProjectId != place.Project.Id)
            return AlertErrors.NotFound;
        var lines = place.Can(Permissions.MetricsRead) ? await charts.ReadAsync(alert, ct) : [];
        var now = await check.RunAsync(alert, ct);
        var incidents = await alerts.IncidentsAsync(alert.Id, MostIncidents, ct);
        return new ConsoleBody(alert.Name, Html.Of($"""
            {Facts(alert)}
            {Html.When(place.Can(Permissions.AlertsRespond), () => Actions(alert))}
            <section><h2>Condition</h2><p><code>{alert.Expression}</code></p>{Holds(now)}{Html.Join(lines.Select(Chart))}</section>
            <section><h2>Incidents</h2>{PageText.Table($"The newest {MostIncidents} incidents", ["Opened (UTC)", "Closed (UTC)", "Value", "Closed by", "Note"], incidents.Select(Row))}</section>
            """));
    }

    private Html Facts(AlertRule alert) => PageText.Facts(
        ("State", StateOf(alert, clock.GetUtcNow())),
        ("Since (UTC)", PageText.Time(alert.StateSince)),
        ("Severity", PageText.Text(EnumWords<AlertSeverity>.ToWord(alert.Severity))),
        ("Description", PageText.Text(alert.Description)),
        ("Has to hold for", PageText.Text($"{alert.ForSeconds} s")),
        ("Evaluated every", PageText.Text($"{alert.EvaluationIntervalSeconds} s")),
        ("Last evaluation (UTC)", PageText.Time(alert.LastEvaluatedAt)),
        ("Last value", PageText.Text(PageText.Number(alert.LastValue))),
        ("Last error", PageText.Text(alert.LastError)),
        ("Muted until (UTC)", PageText.Time(alert.IsMuted(clock.GetUtcNow()) ? alert.MutedUntil : null)),
        ("Runbook", PageText.Text(alert.RunbookUrl)));

    private Html Actions(AlertRule alert) => Html.Of($"""
        <p class="row actions">
        {Html.Join(Mutes.Select(mute => Html.Of($"""<button type="button" data-post="/api/alerts/{alert.Id}/mute" data-body="{$"{{\"durationMinutes\":{mute.Minutes}}}"}">Mute for {mute.Name}</button> """)))}
        {Html.When(alert.IsMuted(clock.GetUtcNow()), () => Html.Of($"""<button type="button" data-post="/api/alerts/{alert.Id}/mute" data-body="{"{\"until\":null}"}">Unmute</button> """))}
        {Html.When(alert.State != AlertRuleState.Ok, () => Html.Of($"""<button type="button" data-post="/api/alerts/{alert.Id}/resolve" data-body="{"{}"}">Resolve</button>"""))}
        </p>
        """);

    private static Html Holds(AlertCheck now)
    {
        var holds = now.Holds switch
        {
            true => "It holds now.",
            false => "It does not hold now.",
            null => "Whether it holds cannot be told now.",
        };
        return Html.Of($"<p>{holds} {now.Error}</p>");
    }

    private static Html Chart(AlertSeries series) => series.Refusal is { } refusal
        ? Html.Of($"""<p class="refusal">{series.Call}: {refusal}</p>""")
        : LineChart.Draw($"{series.Call} per {series.Window}", [new ChartLine(series.Call, [.. series.Buckets.Select(bucket => new ChartPoint(bucket.Start, bucket.Values[series.Word]))])], series.Threshold);

    private static IReadOnlyList<Html> Row(AlertIncident incident) =>
    [
        PageText.Time(incident.OpenedAt),
        PageText.Time(incident.ClosedAt),
        PageText.Text(PageText.Number(incident.Value)),
        PageText.Text(incident.ClosedBy is null ? null : incident.ClosedBy == AlertIncident.System ? "the platform" : "a member"),
        PageText.Text(incident.Note ?? incident.Reason?.Replace('_', ' ')),
    ];

    private static Html StateOf(AlertRule alert, DateTimeOffset now) => Html.Of(
        $"""{PageText.State(EnumWords<AlertRuleState>.ToWord(alert.State))}{(alert.IsMuted(now) ? Html.Of($" {PageText.State("muted")}") : Html.None)}{(alert.Enabled ? Html.None : Html.Of($" {PageText.State("disabled")}"))}""");
}
