using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Alertmanager;
using Platform.Notifications;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;

namespace Platform.Tests.Alertmanager;

/// <summary>Messages of Alertmanager, as its webhook sends them.</summary>
public abstract class AlertmanagerApiTests(AlertLab lab)
{
    private const string Processed = "Webhook received and processed";

    [Fact]
    public async Task Test_Anonymous_TellsWhereToSend()
    {
        var answer = await lab.App.Anonymous.GetFromJsonAsync<JsonElement>("/api/v1/alertmanager/test");

        Assert.Equal(("ok", "Alertmanager webhook endpoint is ready", AlertLab.Webhook), (Text(answer, "status"), Text(answer, "message"), Text(answer, "webhook_url")));
    }

    [Fact]
    public async Task Firing_New_TellsOperatorsOnceWithEverythingThatTheAlertSays()
    {
        var bystander = await lab.App.CreateUserAsync();
        var fingerprint = New();

        var answer = await lab.PostAsync(AlertLab.Alert(fingerprint));

        Assert.Equal((200, Processed, 1, 1, 0), (answer.Status, Text(answer.Body, "message"), Number(answer.Body, "alerts_received"), Number(answer.Body, "alerts_processed"), answer.Body.GetProperty("errors").GetArrayLength()));
        var told = Assert.Single(await lab.UntilToldAsync(fingerprint, lab.Chief, 1));
        Assert.Equal((NotificationType.SystemAlert, NotificationSeverity.Medium, NotificationStatus.Delivered), (told.Type, told.Severity, told.Status));
        Assert.Equal(("🚨 Alert: DiskFull", "Disk is full\n\nOnly 1% left\n\nLabels:\ninstance: db-1"), (told.Subject, told.Body));
        Assert.Equal(["external_alert", "alertmanager", "entity:external_alert", "alert:DiskFull", "firing"], told.Tags);
        var metadata = told.Metadata!;
        Assert.Equal(
            (fingerprint, "firing", "warning", "http://prometheus.example/graph?g0.expr=x", "2026-03-01T10:00:00.123Z", "platform"),
            (metadata["alert_fingerprint"].GetString(), metadata["alert_status"].GetString(), metadata["severity"].GetString(), metadata["generator_url"].GetString(), metadata["starts_at"].GetString(), metadata["receiver"].GetString()));
        Assert.Equal(JsonValueKind.Null, metadata["ends_at"].ValueKind);
        Assert.Equal(told.CorrelationId, metadata["correlation_id"].GetString());
        Assert.Empty(await lab.ToldAsync(fingerprint, bystander));
        var shown = (await lab.Chief.Client.GetFromJsonAsync<JsonElement>("/api/v1/notifications?include_tags=external_alert")).GetProperty("notifications");
        Assert.Contains(shown.EnumerateArray(), item => item.GetProperty("notification_id").GetGuid() == told.Id);
    }

    [Fact]
    public async Task Repeats_OnlyRaiseTheCount_AndTheEndIsToldOnce()
    {
        var fingerprint = New();
        await lab.PostAsync(AlertLab.Alert(fingerprint));
        await lab.UntilToldAsync(fingerprint, lab.Chief, 1);

        for (var i = 0; i < 2; i++)
            Assert.Equal(1, Number((await lab.PostAsync(AlertLab.Alert(fingerprint))).Body, "alerts_processed"));
        await Until.TrueAsync(async () => (await lab.ToldAsync(fingerprint, lab.Chief))[0].Metadata!.TryGetValue("repeat_count", out var count) && count.GetInt32() == 2, "the repeats are counted");
        Assert.True((await lab.ToldAsync(fingerprint, lab.Chief))[0].Metadata!.ContainsKey("last_received_at"));
        await lab.PostAsync(AlertLab.Alert(fingerprint, "resolved"));
        var told = await lab.UntilToldAsync(fingerprint, lab.Chief, 2);
        await lab.PostAsync(AlertLab.Alert(fingerprint, "resolved"));
        await lab.PostAsync(AlertLab.Alert(fingerprint)); // overtaken on its way
        await Until.TrueAsync(async () => (await lab.ToldAsync(fingerprint, lab.Chief))[1].Metadata!.ContainsKey("repeat_count"), "the second end is counted");

        Assert.Equal((NotificationType.SystemUpdate, NotificationSeverity.Low, "✅ Resolved: DiskFull"), (told[1].Type, told[1].Severity, told[1].Subject));
        Assert.Contains("resolved", told[1].Tags);
        Assert.True(told[0].Metadata!.ContainsKey("resolved_at"));
        Assert.Equal(2, (await lab.ToldAsync(fingerprint, lab.Chief)).Count);
        var state = await lab.StateAsync(fingerprint);
        Assert.Equal((AlertStatus.Resolved, 2), (state.Status, state.Count));
        Assert.NotNull(state.EndsAt);
    }

    [Fact]
    public async Task FiringAgain_WithANewBeginning_IsANewAlert()
    {
        var fingerprint = New();
        await lab.PostAsync(AlertLab.Alert(fingerprint, severity: "critical"));
        await lab.PostAsync(AlertLab.Alert(fingerprint, "resolved", "critical"));
        await lab.PostAsync(AlertLab.Alert(fingerprint, severity: "critical", startsAt: "2026-03-02T10:00:00Z"));

        var told = await lab.UntilToldAsync(fingerprint, lab.Chief, 3);
        Assert.Equal(2, told.Count(row => row.Tags.Contains("firing")));
    }

    [Fact]
    public async Task Resolved_Unknown_IsRecordedOnly()
    {
        var fingerprint = New();

        var answer = await lab.PostAsync(AlertLab.Alert(fingerprint, "resolved"));
        await lab.SettleAsync();

        Assert.Equal(1, Number(answer.Body, "alerts_processed"));
        Assert.Equal(AlertStatus.Resolved, (await lab.StateAsync(fingerprint)).Status);
        Assert.Empty(await lab.ToldAsync(fingerprint));
    }

    [Fact]
    public async Task Critical_GoesToEverybodySeenLately_ButNotToTheInactive()
    {
        var (seen, gone, old) = (await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync());
        await lab.App.ChangeUserAsync(gone.Id, user => user.SetActive(false, DateTimeOffset.UtcNow));
        var longAgo = DateTimeOffset.UtcNow.AddDays(-31);
        await lab.App.InDatabaseAsync(async db =>
        {
            await db.Users.Where(user => user.Id == old.Id).ExecuteUpdateAsync(set => set.SetProperty(user => user.LastLoginAt, longAgo));
            return await db.Sessions.Where(session => session.UserId == old.Id).ExecuteUpdateAsync(set => set.SetProperty(session => session.LastSeenAt, longAgo));
        });
        var fingerprint = New();

        await lab.PostAsync(AlertLab.Alert(fingerprint, severity: "CRITICAL"));

        Assert.Equal(NotificationSeverity.High, (await lab.UntilToldAsync(fingerprint, seen, 1))[0].Severity);
        await lab.UntilToldAsync(fingerprint, lab.Chief, 1);
        await lab.SettleAsync();
        Assert.Empty(await lab.ToldAsync(fingerprint, gone));
        Assert.Empty(await lab.ToldAsync(fingerprint, old));
    }

    [Fact]
    public async Task Targets_PageByPage_AreEverybodyOnce()
    {
        var users = new[] { await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync() };
        await using var scope = lab.App.As(Platform.Identity.Caller.Platform);
        var targets = scope.ServiceProvider.GetRequiredService<AlertTargets>();

        List<AlertTarget> all = [];
        for (var page = await targets.PageAsync("critical", Guid.Empty, 2, CancellationToken.None); page.Count > 0; page = await targets.PageAsync("critical", all[^1].UserId, 2, CancellationToken.None))
            all.AddRange(page);

        Assert.Equal(all.Count, all.Select(target => target.UserId).Distinct().Count());
        Assert.Subset(all.Select(target => target.UserId).ToHashSet(), users.Append(lab.Chief).Select(user => user.Id).ToHashSet());
        Assert.Equal((await lab.App.PlaceOfAsync(users[0])).OrganizationId, all.Single(target => target.UserId == users[0].Id).OrganizationId);
        Assert.Equal([lab.Chief.Id], (await targets.PageAsync("warning", Guid.Empty, 10, CancellationToken.None)).Select(target => target.UserId));
    }

    [Fact]
    public async Task SameMessage_TwentyTimesAtOnce_TellsOnce()
    {
        var fingerprint = New();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => lab.PostAsync(AlertLab.Alert(fingerprint, severity: "critical"))));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        await lab.UntilToldAsync(fingerprint, lab.Chief, 1);
        await Until.TrueAsync(async () => (await lab.ToldAsync(fingerprint, lab.Chief))[0].Metadata!.TryGetValue("repeat_count", out var count) && count.GetInt32() == 19, "the repeats are counted");
        Assert.Single(await lab.ToldAsync(fingerprint, lab.Chief));
    }

    [Fact]
    public async Task OneBadAlert_IsNamedAndTheOthersAreTaken()
    {
        var (good, bad) = (New(), New());

        var answer = await lab.PostAsync(AlertLab.Alert(bad, startsAt: "yesterday"), AlertLab.Alert(good), AlertLab.Alert(bad, status: "smouldering"), AlertLab.Alert(new string('f', 200)));

        Assert.Equal((200, 4, 1), (answer.Status, Number(answer.Body, "alerts_received"), Number(answer.Body, "alerts_processed")));
        Assert.Equal(
            [$"Failed to process alert {bad}: startsAt is not a time", $"Failed to process alert {bad}: status is neither firing nor resolved", $"Failed to process alert {new string('f', 128)}: fingerprint is too long"],
            answer.Body.GetProperty("errors").EnumerateArray().Select(error => error.GetString()));
        await lab.UntilToldAsync(good, lab.Chief, 1);
    }

    [Fact]
    public async Task SnakeCase_WithoutFingerprint_IsTakenByItsLabels()
    {
        var name = New();
        var text = $$$"""{"version":"4","group_key":"k","truncated_alerts":3,"status":"firing","receiver":"r","common_labels":{"severity":"Error"},"alerts":[{"labels":{"b":"2","alertname":"{{{name}}}"},"starts_at":"2026-03-01T10:00:00Z"}]}""";
        var fingerprint = IncomingAlert.FingerprintOf(new Dictionary<string, string> { ["alertname"] = name, ["b"] = "2" });

        var (status, body) = await lab.PostTextAsync(text);

        Assert.Equal((HttpStatusCode.OK, 1), (status, Number(body, "alerts_processed")));
        var told = Assert.Single(await lab.UntilToldAsync(fingerprint, lab.Chief, 1));
        Assert.Equal((NotificationSeverity.High, "Alert triggered\n\nLabels:\nb: 2"), (told.Severity, told.Body));
        Assert.Equal("k", (await lab.StateAsync(fingerprint)).GroupKey);
    }

    [Theory]
    [InlineData("""{"alerts":[]}""")]
    [InlineData("""{"status":"firing"}""")]
    [InlineData("""{"status":"burning","alerts":[]}""")]
    [InlineData("""{"status":"firing","alerts":{}}""")]
    [InlineData("""{"status":"firing","alerts":["x"]}""")]
    [InlineData("""{"status":"firing","alerts":[{"labels":{"a":1}}]}""")]
    [InlineData("""{"status":"firing","alerts":[],"groupLabels":[]}""")]
    [InlineData("""[]""")]
    [InlineData("""not json""")]
    public async Task AnotherShape_IsRefused(string text) => Assert.Equal(HttpStatusCode.UnprocessableEntity, (await lab.PostTextAsync(text)).Status);

    [Fact]
    public async Task TooManyOrTooMuch_IsRefused()
    {
        var alerts = Enumerable.Range(0, 501).Select(i => new Dictionary<string, object?> { ["status"] = "resolved", ["startsAt"] = AlertLab.Begin, ["fingerprint"] = $"many-{i}" }).ToArray();

        Assert.Equal(422, (await lab.PostAsync(alerts)).Status);
        Assert.Equal(500, Number((await lab.PostAsync(alerts[..500])).Body, "alerts_processed"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await lab.PostTextAsync($$"""{"status":"firing","alerts":[],"receiver":"{{new string('x', 1024 * 1024)}}"}""")).Status);
    }

    [Fact]
    public async Task Security_IsASecurityAlert_FiringAndResolved()
    {
        var fingerprint = New();
        var labels = new Dictionary<string, string> { ["category"] = "security", ["severity"] = "info" };
        await lab.PostAsync(AlertLab.Alert(fingerprint, labels: labels));
        await lab.UntilToldAsync(fingerprint, lab.Chief, 1);
        await lab.PostAsync(AlertLab.Alert(fingerprint, "resolved", labels: labels));

        var told = await lab.UntilToldAsync(fingerprint, lab.Chief, 2);

        Assert.All(told, row => Assert.Equal((NotificationType.SecurityAlert, NotificationSeverity.Low), (row.Type, row.Severity)));
        Assert.Equal("🚨 Alert: Unknown Alert", told[0].Subject);
    }

    private static string New() => Guid.CreateVersion7().ToString("N")[16..];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}

public sealed class AlertmanagerApiOnSqliteTests(AlertLab lab) : AlertmanagerApiTests(lab), IClassFixture<AlertLab>;

public sealed class AlertmanagerApiOnPostgresTests(AlertLabOnPostgres lab) : AlertmanagerApiTests(lab), IClassFixture<AlertLabOnPostgres>;
