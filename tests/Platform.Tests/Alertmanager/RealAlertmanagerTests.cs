using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Alertmanager;
using Platform.Notifications;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;

namespace Platform.Tests.Alertmanager;

/// <summary>A real Alertmanager sends its alerts to the platform.</summary>
public sealed class RealAlertmanagerTests
{
    private const string Token = "the-token-of-alertmanager";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Alert_FiresRepeatsAndEnds_TellsEachTargetOnceAndThenOfTheEnd(Db db)
    {
        await using var app = await AlertLab.StartAsync(db, ("Alertmanager:Token", Token));
        await using var server = await AlertmanagerServer.StartAsync(new Uri(app.BaseAddress, AlertLab.Webhook), Token);
        var (user, chief) = (await app.CreateUserAsync(), await app.OperatorAsync());
        using var stream = await Executions.EventStream.OpenAsync(user.Client, "/api/v1/events/notifications/stream");
        await stream.NextAsync();
        var began = DateTimeOffset.UtcNow.AddMinutes(-1);

        await server.PostAsync(Alert("HighLoad", "critical", began));
        Assert.Equal("🚨 Alert: HighLoad", (await stream.NextAsync())!.Data.GetProperty("subject").GetString());
        await RepeatedAsync(app, user, "HighLoad");
        await server.PostAsync(Alert("HighLoad", "critical", began, DateTimeOffset.UtcNow.AddSeconds(-1)));
        await Until.TrueAsync(async () => (await ToldAsync(app, user)).Count == 2 && (await ToldAsync(app, chief)).Count == 2, "both are told of the end", seconds: 60);

        foreach (var told in new[] { await ToldAsync(app, user), await ToldAsync(app, chief) })
        {
            Assert.Equal(["🚨 Alert: HighLoad", "✅ Resolved: HighLoad"], told.Select(row => row.Subject));
            Assert.Equal([(NotificationType.SystemAlert, NotificationSeverity.High), (NotificationType.SystemUpdate, NotificationSeverity.Low)], told.Select(row => (row.Type, row.Severity)));
            Assert.Equal("Load is high\n\nFor a minute\n\nLabels:\ngroup: HighLoad", told[0].Body);
            Assert.True(told[0].Metadata!["repeat_count"].GetInt32() > 0);
            Assert.True(told[0].Metadata!.ContainsKey("resolved_at"));
        }

        var low = (await user.Client.GetFromJsonAsync<JsonElement>("/api/v1/notifications?include_tags=resolved")).GetProperty("notifications")[0];
        Assert.Equal("low", low.GetProperty("severity").GetString());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Group_OfAlerts_TellsOfEach(Db db)
    {
        await using var app = await AlertLab.StartAsync(db);
        await using var server = await AlertmanagerServer.StartAsync(new Uri(app.BaseAddress, AlertLab.Webhook));
        var chief = await app.OperatorAsync();

        await server.PostAsync([.. Enumerable.Range(0, 3).Select(i => Alert($"Alert{i}", "error", DateTimeOffset.UtcNow, group: "one"))]);

        await Until.TrueAsync(async () => (await ToldAsync(app, chief)).Count == 3, "all are told", seconds: 60);
        Assert.Single((await StatesAsync(app)).Select(state => state.GroupKey).Distinct());
    }

    [Fact]
    public async Task Group_CutByTheSender_TellsOfWhatCame()
    {
        await using var app = await AlertLab.StartAsync(Db.Sqlite);
        await using var server = await AlertmanagerServer.StartAsync(new Uri(app.BaseAddress, AlertLab.Webhook), maxAlerts: 1);
        var chief = await app.OperatorAsync();

        await server.PostAsync([.. Enumerable.Range(0, 3).Select(i => Alert($"Alert{i}", "error", DateTimeOffset.UtcNow, group: "one"))]);
        await RepeatedAsync(app, chief, "Alert0", "Alert1", "Alert2");

        Assert.Single(await StatesAsync(app));
        Assert.Single(await ToldAsync(app, chief));
    }

    private static object Alert(string name, string severity, DateTimeOffset startsAt, DateTimeOffset? endsAt = null, string? group = null) => new
    {
        labels = new { alertname = name, severity, group = group ?? name },
        annotations = new { summary = "Load is high", description = "For a minute" },
        startsAt,
        endsAt = endsAt ?? DateTimeOffset.UtcNow.AddMinutes(10),
        generatorURL = "http://prometheus.example/graph",
    };

    /// <summary>Waits until the server's repetition of one of the alerts has arrived and is counted.</summary>
    private static Task RepeatedAsync(PlatformApp app, TestUser user, params string[] names) => Until.TrueAsync(
        async () => (await ToldAsync(app, user)).Exists(row => Array.Exists(names, name => row.Subject.EndsWith(name, StringComparison.Ordinal)) && row.Metadata!.ContainsKey("repeat_count")), "it has come again", seconds: 60);

    private static Task<List<Notification>> ToldAsync(PlatformApp app, TestUser user) =>
        app.InDatabaseAsync(db => db.Notifications.AsNoTracking().Where(n => n.UserId == user.Id).OrderBy(n => n.CreatedAt).ThenBy(n => n.Id).ToListAsync());

    private static Task<List<AlertState>> StatesAsync(PlatformApp app) => app.InDatabaseAsync(db => db.AlertStates.AsNoTracking().ToListAsync());
}
