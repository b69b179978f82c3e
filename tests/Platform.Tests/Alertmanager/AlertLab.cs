using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Alertmanager;
using Platform.Notifications;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;
using Platform.Tests.Notifications;

namespace Platform.Tests.Alertmanager;

/// <summary>The platform as an Alertmanager sees it.</summary>
public class AlertLab : IAsyncLifetime
{
    public const string Webhook = "/api/v1/alertmanager/webhook";
    public const string Begin = "2026-03-01T10:00:00.123456789Z";

    public PlatformApp App { get; private set; } = null!;

    public TestUser Chief { get; private set; } = null!;

    protected virtual Db Database => Db.Sqlite;

    public async Task InitializeAsync()
    {
        App = await StartAsync(Database);
        Chief = await App.OperatorAsync();
    }

    public async Task DisposeAsync() => await App.DisposeAsync();

    public static Task<PlatformApp> StartAsync(Db db, params (string Key, string Value)[] settings) => PlatformApp.StartAsync(
        db, services => services.AddSingleton<INotificationPreferences>(new TestPreferences()), settings: [("RateLimit:Limits:api", "100000"), ("Notifications:ThrottlePerHour", "1000"), .. settings]);

    /// <summary>A message with one alert of a name that nobody else uses.</summary>
    public static Dictionary<string, object?> Alert(string fingerprint, string status = "firing", string severity = "warning", string startsAt = Begin, string? name = "DiskFull", object? labels = null) => new()
    {
        ["status"] = status,
        ["labels"] = labels ?? new Dictionary<string, string> { ["alertname"] = name!, ["severity"] = severity, ["instance"] = "db-1" },
        ["annotations"] = new Dictionary<string, string> { ["summary"] = "Disk is full", ["description"] = "Only 1% left" },
        ["startsAt"] = startsAt,
        ["endsAt"] = status == "firing" ? "0001-01-01T00:00:00Z" : "2026-03-01T11:00:00Z",
        ["generatorURL"] = "http://prometheus.example/graph?g0.expr=x",
        ["fingerprint"] = fingerprint,
    };

    public static Dictionary<string, object?> Message(params Dictionary<string, object?>[] alerts) => new()
    {
        ["version"] = "4",
        ["groupKey"] = "{}:{alertname=\"DiskFull\"}",
        ["truncatedAlerts"] = 0,
        ["status"] = "firing",
        ["receiver"] = "platform",
        ["groupLabels"] = new Dictionary<string, string> { ["alertname"] = "DiskFull" },
        ["commonLabels"] = new Dictionary<string, string>(),
        ["commonAnnotations"] = new Dictionary<string, string>(),
        ["externalURL"] = "http://alertmanager.example",
        ["alerts"] = alerts,
    };

    public Task<Answered> PostAsync(params Dictionary<string, object?>[] alerts) => App.Anonymous.CallAsync("POST", Webhook, Message(alerts));

    public async Task<(HttpStatusCode Status, JsonElement Body)> PostTextAsync(string text)
    {
        var answer = await App.Anonymous.PostAsync(Webhook, new StringContent(text, Encoding.UTF8, "application/json"));
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public Task<List<Notification>> ToldAsync(string fingerprint, TestUser? user = null) => App.InDatabaseAsync(db => db.Notifications.AsNoTracking()
        .Where(n => n.RelatedEntityId == fingerprint && n.RelatedEntityType == "alertmanager_alert" && (user == null || n.UserId == user.Id)).OrderBy(n => n.CreatedAt).ToListAsync());

    /// <summary>What the user was told of an alert, once there are so many.</summary>
    public async Task<List<Notification>> UntilToldAsync(string fingerprint, TestUser user, int count)
    {
        var told = new List<Notification>();
        await Until.TrueAsync(async () => (told = await ToldAsync(fingerprint, user)).Count >= count, $"{user.Username} was told {count} times of {fingerprint}");
        Assert.Equal(count, told.Count);
        return told;
    }

    /// <summary>Waits until everything that was received has been worked through.</summary>
    public async Task SettleAsync()
    {
        var fingerprint = $"last-{Guid.CreateVersion7():N}";
        await PostAsync(Alert(fingerprint, severity: "critical"));
        await UntilToldAsync(fingerprint, Chief, 1);
    }

    public Task<AlertState> StateAsync(string fingerprint) => App.InDatabaseAsync(db => db.AlertStates.AsNoTracking().SingleAsync(state => state.Fingerprint == fingerprint));
}

public sealed class AlertLabOnPostgres : AlertLab
{
    protected override Db Database => Db.Postgres;
}
