using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Notifications;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;

namespace Platform.Tests.Notifications;

/// <summary>What users want of each channel.</summary>
public abstract class SubscriptionTests(NotificationLab lab)
{
    private const string Root = "/api/v1/notifications/subscriptions";

    [Fact]
    public async Task List_NothingSet_ShowsAllChannelsWithDefaults()
    {
        var user = await lab.App.CreateUserAsync();

        var list = (await user.Client.GetFromJsonAsync<JsonElement>(Root)).GetProperty("subscriptions").EnumerateArray().ToList();

        Assert.Equal(["in_app True", "webhook False", "slack False"], list.Select(s => $"{s.GetProperty("channel").GetString()} {s.GetProperty("enabled").GetBoolean()}"));
        Assert.All(list, s => Assert.Equal(("UTC", 60, 0), (Text(s, "timezone"), s.GetProperty("batch_interval_minutes").GetInt32(), s.GetProperty("severities").GetArrayLength())));
    }

    [Fact]
    public async Task Replace_Webhook_ShowsUrlAndSecretOnceAndKeepsThemSealed()
    {
        var user = await lab.App.CreateUserAsync();
        var (path, answer) = await lab.SubscribeAsync(user, more: new { severities = new[] { "high", "urgent" }, quiet_hours_enabled = true, quiet_hours_start = "22:00", quiet_hours_end = "07:30", timezone = "Europe/Berlin" });
        var url = lab.Receiver.Url(path);
        var secret = Text(answer, "webhook_secret");

        Assert.Equal(url, Text(answer, "webhook_url"));
        Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", secret);
        var shown = await OneAsync(user, "webhook");
        Assert.Equal($"http://127.0.0.1:{lab.Receiver.Port}/…{url[^4..]}", Text(shown, "webhook_url"));
        Assert.False(shown.TryGetProperty("webhook_secret", out _));
        Assert.Equal(("22:00", "07:30", "Europe/Berlin"), (Text(shown, "quiet_hours_start"), Text(shown, "quiet_hours_end"), Text(shown, "timezone")));
        var stored = await StoredAsync(user, NotificationChannel.Webhook);
        Assert.DoesNotContain(path, stored.WebhookUrl!, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, stored.WebhookSecret!, StringComparison.Ordinal);
        var raised = Assert.Single(await lab.App.InDatabaseAsync(db => db.Events.Where(e => e.UserId == user.Id && e.EventType == "notification_preferences_updated").ToListAsync()));
        Assert.Equal(
            ["enabled", "quiet_hours_enabled", "quiet_hours_end", "quiet_hours_start", "severities", "timezone", "webhook_url"],
            raised.ReadPayload<JsonElement>().GetProperty("changed_fields").EnumerateArray().Select(field => field.GetString()).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(path, raised.Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replace_SameHostOrMaskedUrl_KeepsTheSecret_AnotherHostMakesANewOne()
    {
        var user = await lab.App.CreateUserAsync();
        await lab.SubscribeAsync(user);
        var sealedSecret = (await StoredAsync(user, NotificationChannel.Webhook)).WebhookSecret;

        var (path, same) = await lab.SubscribeAsync(user);
        Assert.False(same.TryGetProperty("webhook_secret", out _));
        var masked = await PutAsync(user, "webhook", new { enabled = true, webhook_url = Text(await OneAsync(user, "webhook"), "webhook_url"), batch_interval_minutes = 5 });
        Assert.Equal(lab.Receiver.Url(path), Text(masked.Body, "webhook_url"));

        lab.Names["hook.example"] = IPAddress.Loopback;
        var other = await PutAsync(user, "webhook", new { enabled = true, webhook_url = lab.Receiver.Url(path, "hook.example") });
        Assert.StartsWith("whsec_", Text(other.Body, "webhook_secret"), StringComparison.Ordinal);
        Assert.NotEqual(sealedSecret, (await StoredAsync(user, NotificationChannel.Webhook)).WebhookSecret);
        var off = await PutAsync(user, "webhook", new { enabled = false });
        Assert.Equal((200, JsonValueKind.Null), (off.Status, off.Body.GetProperty("webhook_url").ValueKind));
        Assert.Null((await StoredAsync(user, NotificationChannel.Webhook)).WebhookSecret);
    }

    [Theory]
    [InlineData("webhook", """{"enabled":true}""", "webhook_url")]
    [InlineData("webhook", """{"enabled":true,"webhook_url":"https://10.1.2.3/hook"}""", "webhook_url")]
    [InlineData("webhook", """{"enabled":true,"webhook_url":"https://169.254.169.254/latest"}""", "webhook_url")]
    [InlineData("webhook", """{"enabled":true,"webhook_url":"https://127.0.0.1/hook"}""", "webhook_url")]
    [InlineData("webhook", """{"enabled":true,"webhook_url":"ftp://example.com/hook"}""", "webhook_url")]
    [InlineData("webhook", """{"enabled":true,"webhook_url":"https://user:pw@example.com/hook"}""", "webhook_url")]
    [InlineData("slack", """{"enabled":true}""", "slack_webhook")]
    [InlineData("slack", """{"enabled":true,"slack_webhook":"https://hooks.slack.com.example.com/services/x"}""", "slack_webhook")]
    [InlineData("in_app", """{}""", "enabled")]
    [InlineData("in_app", """{"enabled":true,"timezone":"Mars/Olympus"}""", "timezone")]
    [InlineData("in_app", """{"enabled":true,"timezone":"../../etc/passwd"}""", "timezone")]
    [InlineData("in_app", """{"enabled":true,"quiet_hours_enabled":true,"quiet_hours_start":"22:00"}""", "quiet_hours_end")]
    [InlineData("in_app", """{"enabled":true,"quiet_hours_start":"25:00"}""", "quiet_hours_start")]
    [InlineData("in_app", """{"enabled":true,"batch_interval_minutes":1441}""", "batch_interval_minutes")]
    [InlineData("in_app", """{"enabled":true,"severities":["dire"]}""", "severities")]
    [InlineData("in_app", """{"enabled":true,"include_tags":[""]}""", "include_tags")]
    public async Task Replace_BadInput_NamesTheField(string channel, string body, string field)
    {
        var user = await lab.App.CreateUserAsync();

        var answer = await PutAsync(user, channel, JsonSerializer.Deserialize<JsonElement>(body));

        Assert.Equal(422, answer.Status);
        Assert.Equal(field, answer.Body.GetProperty("detail")[0].GetProperty("loc")[1].GetString());
        Assert.Equal(0, await lab.App.InDatabaseAsync(db => db.NotificationSubscriptions.CountAsync(s => s.UserId == user.Id)));
    }

    [Fact]
    public async Task Replace_UnknownChannel_IsRefusedAsThePlaceInThePath()
    {
        var user = await lab.App.CreateUserAsync();

        var answer = await PutAsync(user, "pigeon", new { enabled = true });

        Assert.Equal((422, "channel"), (answer.Status, answer.Body.GetProperty("detail")[0].GetProperty("loc")[1].GetString()));
    }

    [Fact]
    public async Task Replace_ManyAtOnce_MakeOneRow()
    {
        var user = await lab.App.CreateUserAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PutAsync(user, "in_app", new { enabled = true, batch_interval_minutes = i })));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Equal(1, await lab.App.InDatabaseAsync(db => db.NotificationSubscriptions.CountAsync(s => s.UserId == user.Id)));
    }

    private static Task<Answered> PutAsync(TestUser user, string channel, object body) => user.Client.CallAsync("PUT", $"{Root}/{channel}", body);

    private static async Task<JsonElement> OneAsync(TestUser user, string channel) =>
        (await user.Client.GetFromJsonAsync<JsonElement>(Root)).GetProperty("subscriptions").EnumerateArray().Single(s => Text(s, "channel") == channel);

    private Task<NotificationSubscription> StoredAsync(TestUser user, NotificationChannel channel) =>
        lab.App.InDatabaseAsync(db => db.NotificationSubscriptions.AsNoTracking().SingleAsync(s => s.UserId == user.Id && s.Channel == channel));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

public sealed class SubscriptionOnSqliteTests(NotificationLab lab) : SubscriptionTests(lab), IClassFixture<NotificationLab>;

public sealed class SubscriptionOnPostgresTests(NotificationLabOnPostgres lab) : SubscriptionTests(lab), IClassFixture<NotificationLabOnPostgres>;
