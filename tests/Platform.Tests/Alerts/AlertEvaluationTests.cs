using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Alerts;
using Platform.Data;
using Platform.Metrics;
using Platform.Notifications;
using Platform.Tests.Fixtures;
using Platform.Tests.Metrics;
using Platform.Tests.Variables;

namespace Platform.Tests.Alerts;

/// <summary>Alerts from points to incidents and notifications, over a clock that the test moves.</summary>
public sealed class AlertEvaluationTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Alert_FromPointsToItsEnd_OpensClosesAndTells(Db db)
    {
        await using var lab = await Lab.StartAsync(db);
        var id = await lab.Alerts.CreatedIdAsync(new { name = "Errors", severity = "critical", forSeconds = 60, expression = "sum(errors[5m]) > 2", runbookUrl = "https://example.com/run" });
        await lab.EvaluateAsync();
        Assert.Equal("ok", await lab.StateAsync(id));

        await lab.RecordAsync("errors", 3);
        await lab.EvaluateAsync(60);
        Assert.Equal("pending", await lab.StateAsync(id));
        await lab.EvaluateAsync(60);
        var firing = await lab.Alerts.FindAsync(id);
        Assert.Equal(("firing", 3.0), (AlertClient.Text(firing, "state"), firing.GetProperty("lastValue").GetDouble()));
        await lab.EvaluateAsync(300);
        Assert.Equal("ok", await lab.StateAsync(id));

        var incident = Assert.Single(await lab.App.ReadAsync(rows => rows.AlertIncidents.ToListAsync()));
        Assert.Equal((incident.Id.ToString(), 3.0, AlertIncident.System, null), (AlertClient.Text(firing, "incidentId"), incident.Value, incident.ClosedBy, incident.Reason));
        Assert.Equal(["alert.triggered", "alert.resolved"], await lab.EventsAsync("alert.triggered", "alert.resolved"));
        Assert.Equal([("🚨 Alert: Errors", NotificationSeverity.High), ("✅ Resolved: Errors", NotificationSeverity.Low)], await lab.ToldAsync(2));
        var place = await lab.App.PlaceOfAsync(lab.User);
        var told = await lab.App.ReadAsync(rows => rows.Notifications.Where(row => row.RelatedEntityId == id).OrderBy(row => row.CreatedAt).FirstAsync());
        Assert.Equal($"/console/projects/{place.ProjectId}/alerts/{id}", told.ActionUrl);
        var lines = told.Body.Split('\n');
        Assert.Equal(["Project: Default", "Severity: critical", "Condition: sum(errors[5m]) > 2", "Value: 3", "Runbook: https://example.com/run"], lines.Where(line => !line.StartsWith("Since: ", StringComparison.Ordinal)));
        Assert.Equal(firing.GetProperty("firingSince").GetDateTimeOffset(), DateTimeOffset.Parse(lines.Single(line => line.StartsWith("Since: ", StringComparison.Ordinal))["Since: ".Length..], CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Evaluation_ByTwoNodesAtOnce_HappensOnce(Db db)
    {
        await using var lab = await Lab.StartAsync(db);
        for (var i = 0; i < 5; i++)
            await lab.Alerts.CreatedAsync(new { name = $"a{i}", expression = "1 > 0" });
        var alerts = lab.App.Services.GetRequiredService<EvaluateAlerts>();
        var counts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => alerts.RunDueAsync(CancellationToken.None))));
        await Until.TrueAsync(async () => await lab.App.ReadAsync(rows => rows.AlertRules.CountAsync(rule => rule.State == AlertRuleState.Firing)) == 5, "all have been evaluated");
        Assert.InRange(counts.Sum(), 0, 5); // the timer may have been first
        Assert.Equal(5, await lab.App.ReadAsync(rows => rows.AlertIncidents.CountAsync()));
        Assert.Equal(5, (await lab.EventsAsync("alert.triggered")).Count);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Resolve_ByHand_ClosesTheIncidentAndStartsAfresh(Db db)
    {
        await using var lab = await Lab.StartAsync(db);
        var id = await lab.Alerts.CreatedIdAsync(new { name = "a", expression = "1 > 0" });
        Assert.False(MetricClient.Good(await lab.Alerts.ResolveAsync(id)).GetProperty("changed").GetBoolean() && await lab.StateAsync(id) == "firing");
        await lab.EvaluateAsync(61);
        Assert.Equal("firing", await lab.StateAsync(id));

        var resolved = MetricClient.Good(await lab.Alerts.ResolveAsync(id, new { note = "restarted it" }));

        Assert.Equal((true, "ok"), (resolved.GetProperty("changed").GetBoolean(), AlertClient.Text(resolved.GetProperty("alert"), "state")));
        Assert.False(MetricClient.Good(await lab.Alerts.ResolveAsync(id)).GetProperty("changed").GetBoolean());
        var incidents = await lab.App.ReadAsync(rows => rows.AlertIncidents.OrderBy(row => row.OpenedAt).ToListAsync());
        Assert.Equal(("restarted it", lab.User.Id.ToString()), (incidents[^1].Note, incidents[^1].ClosedBy));
        await lab.EvaluateAsync(61);
        Assert.Equal(incidents.Count + 1, await lab.App.ReadAsync(rows => rows.AlertIncidents.CountAsync()));

    }

    [Theory]
    [InlineData(Db.Sqlite, """{"expression":"1 > 1"}""", "alert_changed")]
    [InlineData(Db.Sqlite, """{"noDataState":"ok"}""", "alert_changed")]
    [InlineData(Db.Sqlite, """{"enabled":false}""", "alert_changed")]
    [InlineData(Db.Sqlite, null, "alert_deleted")]
    [InlineData(Db.Postgres, """{"expression":"1 > 1"}""", "alert_changed")]
    [InlineData(Db.Postgres, null, "alert_deleted")]
    public async Task Change_OfWhatIsWatched_ClosesTheIncident(Db db, string? change, string reason)
    {
        await using var lab = await Lab.StartAsync(db);
        var id = await lab.Alerts.CreatedIdAsync(new { name = "a", expression = "1 > 0" });
        await lab.EvaluateAsync();
        MetricClient.Good(await lab.Alerts.UpdateAsync(id, """{"severity":"critical","name":"b"}"""));
        Assert.Equal("firing", await lab.StateAsync(id)); // which changes nothing of what it watches

        if (change is null)
        {
            MetricClient.Good(await lab.Alerts.DeleteAsync(id));
        }
        else
        {
            var changed = MetricClient.Good(await lab.Alerts.UpdateAsync(id, change));
            Assert.Equal(("ok", JsonValueKind.Null), (AlertClient.Text(changed, "state"), changed.GetProperty("incidentId").ValueKind));
        }

        var incident = (await lab.App.ReadAsync(rows => rows.AlertIncidents.OrderBy(row => row.OpenedAt).ToListAsync()))[0];
        Assert.Equal((AlertIncident.System, reason, true), (incident.ClosedBy, incident.Reason, incident.ClosedAt is not null));
        Assert.Equal(["alert.triggered", "alert.resolved"], (await lab.EventsAsync("alert.triggered", "alert.resolved")).Take(2));
        Assert.Equal("✅ Resolved: b", (await lab.ToldAsync(2))[1].Subject);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Check_ShowsHowAndChangesNothing(Db db)
    {
        await using var lab = await Lab.StartAsync(db);
        await lab.RecordAsync("a", 6, new { host = "x" });
        await lab.RecordAsync("a", 2, new { host = "y" });
        var id = await lab.Alerts.CreatedIdAsync(new { name = "a", enabled = false, expression = "avg(a[5m]) / count(b[5m]) > 1 or max(a{host!='x'}[5m]) * 2 >= 4 and not avg(b[5m]) > 1" });

        var check = MetricClient.Good(await lab.Alerts.CheckAsync(id));

        Assert.Equal((JsonValueKind.Null, "no_data", "ok", JsonValueKind.Null), (check.GetProperty("holds").ValueKind, AlertClient.Text(check, "wouldBe"), AlertClient.Text(check, "state"), check.GetProperty("error").ValueKind));
        Assert.Equal(["4", "0", "2", ""], check.GetProperty("values").EnumerateArray().Select(value => value.GetProperty("value").ToString()));
        Assert.Equal(["2", "0", "1", "0"], check.GetProperty("values").EnumerateArray().Select(value => value.GetProperty("points").ToString()));
        Assert.Equal(["", "True", ""], check.GetProperty("comparisons").EnumerateArray().Select(comparison => comparison.GetProperty("result").ToString()));
        Assert.Equal("max(a{host!=\"x\"}[5m]) * 2 >= 4", AlertClient.Text(check.GetProperty("comparisons")[1], "text"));
        Assert.Equal(("ok", JsonValueKind.Null), (await lab.StateAsync(id), (await lab.Alerts.FindAsync(id)).GetProperty("lastEvaluatedAt").ValueKind));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Check_ThatTakesTooLong_StopsAndSaysSo(Db db)
    {
        await using var lab = await Lab.StartAsync(db);
        var id = await lab.Alerts.CreatedIdAsync(new { name = "a", enabled = false, expression = "avg(a[5m]) > 1" });
        await using var scope = lab.App.As(Platform.Identity.Caller.System((await lab.App.PlaceOfAsync(lab.User)).OrganizationId));
        var services = scope.ServiceProvider;
        var rows = services.GetRequiredService<PlatformDbContext>();
        var evaluate = new EvaluateCondition(rows, services.GetRequiredService<WindowQueries>(), new HastyClock());

        var check = await new CheckAlert(evaluate, lab.Clock).RunAsync(await rows.AlertRules.SingleAsync(rule => rule.Id == Guid.Parse(id)), CancellationToken.None);

        Assert.Equal(("evaluation_timeout", null, AlertRuleState.Ok, 0), (check.Error, check.Holds, check.WouldBe, check.Values.Count));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Muted_IsEvaluatedAndTellsNobodyUntilTheEnd(Db db)
    {
        await using var lab = await Lab.StartAsync(db);
        var id = await lab.Alerts.CreatedIdAsync(new { name = "a", enabled = false, expression = "1 > 0" });
        MetricClient.Good(await lab.Alerts.MuteAsync(id, new { durationMinutes = 10 }));
        MetricClient.Good(await lab.Alerts.UpdateAsync(id, new { enabled = true }));
        await lab.EvaluateAsync();
        Assert.Equal("firing", await lab.StateAsync(id));
        Assert.Empty(await lab.EventsAsync("alert.notification_due"));
        await lab.EvaluateAsync(660);
        await lab.EvaluateAsync(61);
        Assert.Equal([("🚨 Alert: a", NotificationSeverity.Medium)], await lab.ToldAsync(1));
        Assert.Single(await lab.EventsAsync("alert.triggered"));
    }

    [Fact]
    public async Task Limit_OfAlerts_IsRefusedAbove()
    {
        await using var app = await PlatformApp.StartAsync(settings: [("Alerts:MaxPerProject", "1")]);
        var alerts = await AlertClient.StartAsync(app);
        await alerts.CreatedAsync(new { name = "a", expression = "1 > 0" });
        MetricClient.Refused(HttpStatusCode.Conflict, "too_many_alerts", await alerts.CreateAsync(new { name = "b", expression = "1 > 0" }));
    }

    /// <summary>Its timers ring at once.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            callback(state);
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
    }

    private sealed class Lab(PlatformApp app, ShiftedClock clock, TestUser user) : IAsyncDisposable
    {
        public PlatformApp App => app;

        public ShiftedClock Clock => clock;

        public TestUser User => user;

        public AlertClient Alerts { get; } = new(user.Client);

        private MetricClient Metrics { get; } = new(user.Client);

        public static async Task<Lab> StartAsync(Db db)
        {
            var clock = new ShiftedClock();
            var app = await PlatformApp.StartAsync(db, services => services.AddSingleton<TimeProvider>(clock));
            return new Lab(app, clock, await app.CreateUserAsync());
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        public async Task RecordAsync(string name, double value, object? tags = null) =>
            MetricClient.Good(await Metrics.RecordAsync(new { name, value, tags = tags ?? new { } }), HttpStatusCode.Created);

        /// <summary>Evaluates what is due after so many seconds, the platform's own timer or this call, whoever is first.</summary>
        public async Task EvaluateAsync(int afterSeconds = 0)
        {
            clock.Advance(TimeSpan.FromSeconds(afterSeconds));
            var now = clock.GetUtcNow();
            await app.Services.GetRequiredService<EvaluateAlerts>().RunDueAsync(CancellationToken.None);
            await Until.TrueAsync(async () => !await app.ReadAsync(db => db.AlertRules.AnyAsync(rule => rule.Enabled && (rule.LastEvaluatedAt == null || rule.NextEvaluationAt <= now))), "everything due is evaluated");
        }

        public async Task<string?> StateAsync(string id) => AlertClient.Text(await Alerts.FindAsync(id), "state");

        public Task<List<string>> EventsAsync(params string[] types) =>
            app.ReadAsync(db => db.Events.Where(stored => types.Contains(stored.EventType)).OrderBy(stored => stored.RowId).Select(stored => stored.EventType).ToListAsync());

        public async Task<List<(string Subject, NotificationSeverity Severity)>> ToldAsync(int count)
        {
            await Until.TrueAsync(async () => (await ReadAsync()).Count >= count, "the notifications are there");
            return await ReadAsync();

            async Task<List<(string, NotificationSeverity)>> ReadAsync() => [.. (await app.ReadAsync(db => db.Notifications
                .Where(row => row.UserId == user.Id && row.RelatedEntityType == "alert").OrderBy(row => row.CreatedAt).ToListAsync())).Select(row => (row.Subject, row.Severity))];
        }
    }
}
