using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Platform.Notifications;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;

namespace Platform.Tests.Notifications;

/// <summary>Notifications on their way to real receivers.</summary>
public abstract class DeliveryTests(NotificationLab lab)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Webhook_Accepted_IsSignedAndDelivered()
    {
        var user = await lab.App.CreateUserAsync();
        var (path, answer) = await lab.SubscribeAsync(user);

        Assert.Equal(2, (await lab.TellAsync(user, NotificationType.ExecutionTimeout, subject: "Execution Timeout: 1", tags: ["execution", "timeout"])).Value);

        var row = await lab.UntilAsync(user, NotificationChannel.Webhook, n => n.Status == NotificationStatus.Delivered, "the webhook has it");
        var received = Assert.Single(lab.Receiver.At(path));
        Assert.Equal(row.Id.ToString(), received.Headers["X-Notification-Id"]);
        Assert.Equal("application/json", received.Headers["Content-Type"]);
        var signature = received.Headers["X-Signature"].Split(',').Select(part => part.Split('=')).ToDictionary(part => part[0], part => part[1]);
        var key = Encoding.ASCII.GetBytes(answer.GetProperty("webhook_secret").GetString()!);
        Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{signature["t"]}.{received.Body}"))), signature["v1"]);
        Assert.InRange(long.Parse(signature["t"], CultureInfo.InvariantCulture), row.CreatedAt.ToUnixTimeSeconds(), lab.Clock.GetUtcNow().ToUnixTimeSeconds());
        var body = received.Json;
        Assert.Equal((row.Id.ToString(), "execution_timeout", "high", "Execution Timeout: 1"), (Text(body, "notification_id"), Text(body, "type"), Text(body, "severity"), Text(body, "subject")));
        Assert.Equal(("/executions/1", "1", "execution"), (Text(body, "action_url"), Text(body, "related_entity_id"), Text(body, "related_entity_type")));
        Assert.Equal(row.CreatedAt.ToUnixTimeSeconds(), (long)body.GetProperty("timestamp").GetDouble());
        Assert.Equal(["notification_created", "notification_sent", "notification_delivered"], await lab.EventsAsync(row.Id));
        Assert.NotNull(row.SentAt);
    }

    [Fact]
    public async Task Webhook_FailsOnceThenAccepts_IsTriedAgainAfterFiveMinutes()
    {
        var user = await lab.App.CreateUserAsync();
        var (path, _) = await lab.SubscribeAsync(user);
        lab.Receiver.Answer(path, 500);
        await lab.TellAsync(user);

        var row = await lab.UntilAsync(user, NotificationChannel.Webhook, n => n.RetryCount == 1, "the first try has failed");
        Assert.Equal((NotificationStatus.Pending, "The receiver answered 500"), (row.Status, row.ErrorMessage));
        var early = await lab.AdvanceAsync(row.Id);
        Assert.Equal(row.ScheduledFor, early.Until);
        Assert.Single(lab.Receiver.At(path));

        lab.Clock.Advance(Pause);
        await lab.GoOnAsync(row.Id);

        Assert.Equal((NotificationStatus.Delivered, null), await StateAsync(user));
        Assert.Equal(2, lab.Receiver.At(path).Count);
        await lab.GoOnAsync(row.Id);
        Assert.Equal(2, lab.Receiver.At(path).Count);
    }

    [Fact]
    public async Task Webhook_FailsThreeTimes_IsGivenUp()
    {
        var user = await lab.App.CreateUserAsync();
        var (path, _) = await lab.SubscribeAsync(user);
        lab.Receiver.Answer(path, 500, 404, 302);
        await lab.TellAsync(user);
        var row = await lab.UntilAsync(user, NotificationChannel.Webhook, n => n.RetryCount == 1, "the first try has failed");

        lab.Clock.Advance(Pause);
        await lab.GoOnAsync(row.Id);
        lab.Clock.Advance(Pause);
        await lab.GoOnAsync(row.Id);

        Assert.Equal((NotificationStatus.Failed, "The receiver answered 302"), await StateAsync(user));
        Assert.Equal(3, lab.Receiver.At(path).Count);
        Assert.Empty(lab.Receiver.At("/elsewhere")); // no redirect is followed
        Assert.Equal(["notification_created", "notification_failed"], await lab.EventsAsync(row.Id));
    }

    [Fact]
    public async Task Webhook_NameThatHasBecomePrivate_IsRefusedWhenSent()
    {
        var user = await lab.App.CreateUserAsync();
        var host = $"h{Guid.CreateVersion7():N}.example";
        lab.Names[host] = IPAddress.Loopback;
        (await user.Client.CallAsync("PUT", "/api/v1/notifications/subscriptions/webhook", new { enabled = true, webhook_url = lab.Receiver.Url("/rebound", host) })).Http.EnsureSuccessStatusCode();
        lab.Names[host] = IPAddress.Parse("10.0.0.5");

        await lab.TellAsync(user);

        var row = await lab.UntilAsync(user, NotificationChannel.Webhook, n => n.RetryCount == 1, "the guard has refused it");
        Assert.Equal("The host is not on the public internet", row.ErrorMessage);
        Assert.Empty(lab.Receiver.At("/rebound"));
    }

    [Fact]
    public async Task Slack_Accepted_GetsAColouredPlainAttachment()
    {
        var user = await lab.App.CreateUserAsync();
        var (path, _) = await lab.SubscribeAsync(user, "slack");

        await lab.TellAsync(user, NotificationType.SecurityAlert, NotificationSeverity.Urgent, "<!channel> & more");

        var row = await lab.UntilAsync(user, NotificationChannel.Slack, n => n.Status == NotificationStatus.Delivered, "Slack has it");
        var received = Assert.Single(lab.Receiver.At(path));
        Assert.False(received.Headers.ContainsKey("X-Signature"));
        Assert.Equal("&lt;!channel&gt; &amp; more", Text(received.Json, "text"));
        var attachment = received.Json.GetProperty("attachments")[0];
        Assert.Equal(("#990000", "what happened", row.CreatedAt.ToUnixTimeSeconds()), (Text(attachment, "color"), Text(attachment, "text"), attachment.GetProperty("ts").GetInt64()));
        Assert.Equal(("button", "View Details", "https://platform.example/executions/1"), (Text(attachment.GetProperty("actions")[0], "type"), Text(attachment.GetProperty("actions")[0], "text"), Text(attachment.GetProperty("actions")[0], "url")));
    }

    [Fact]
    public async Task Execution_ThatFails_IsToldInTheAppAndToTheWebhook()
    {
        var user = await lab.App.CreateUserAsync();
        var (path, _) = await lab.SubscribeAsync(user);

        var run = await new Executions.ExecutionClient(user).RunAsync("raise ValueError('no')");

        var id = Text(run, "execution_id");
        await lab.UntilAsync(user, NotificationChannel.Webhook, n => n.Status == NotificationStatus.Delivered, "the webhook has it");
        var body = Assert.Single(lab.Receiver.At(path)).Json;
        Assert.Equal(("execution_failed", $"Execution Failed: {id}", $"/executions/{id}"), (Text(body, "type"), Text(body, "subject"), Text(body, "action_url")));
        Assert.Contains("ValueError", Text(body, "body"), StringComparison.Ordinal);
        Assert.Equal(NotificationStatus.Delivered, (await lab.RowAsync(user, NotificationChannel.InApp)).Status);
    }

    [Fact]
    public async Task Channels_OutsideTemplateOrSettings_AreLeftOut()
    {
        var user = await lab.App.CreateUserAsync();
        await lab.SubscribeAsync(user);
        await lab.SubscribeAsync(user, "slack");

        Assert.Equal(2, (await lab.TellAsync(user, NotificationType.ExecutionCompleted)).Value); // no slack in its template
        Assert.Equal(1, (await lab.TellAsync(user, NotificationType.AccountUpdate)).Value);
        Assert.Equal(3, (await lab.TellAsync(user, NotificationType.ExecutionFailed)).Value);
        lab.Preferences[user.Id] = new NotificationPreferences();
        Assert.Equal(1, (await lab.TellAsync(user, NotificationType.ExecutionFailed)).Value);
    }

    [Theory]
    [InlineData("severities", "urgent", "The severity is not subscribed")]
    [InlineData("notification_types", "custom", "The type is not subscribed")]
    [InlineData("include_tags", "exec:7", "It has none of the included tags")]
    [InlineData("exclude_tags", "execution", "It has an excluded tag")]
    public async Task Filter_ThatLeavesItOut_SkipsWithTheReason(string field, string value, string reason)
    {
        var user = await lab.App.CreateUserAsync();
        var (path, answer) = await lab.SubscribeAsync(user);
        var put = await user.Client.CallAsync("PUT", "/api/v1/notifications/subscriptions/webhook", new Dictionary<string, object> { ["enabled"] = true, ["webhook_url"] = Text(answer, "webhook_url"), [field] = new[] { value } });
        Assert.Equal(200, put.Status);

        await lab.TellAsync(user);

        var row = await lab.UntilAsync(user, NotificationChannel.Webhook, n => n.Status == NotificationStatus.Skipped, "it is skipped");
        Assert.Equal(reason, row.ErrorMessage);
        Assert.Empty(lab.Receiver.At(path));
    }

    [Fact]
    public async Task Channel_DisabledMeanwhile_SkipsWhatWaits()
    {
        var user = await lab.App.CreateUserAsync();
        var (path, _) = await lab.SubscribeAsync(user);
        await lab.TellAsync(user, with: notice => notice with { ScheduledFor = lab.Clock.GetUtcNow().AddHours(1) });
        Assert.Equal(200, (await user.Client.CallAsync("PUT", "/api/v1/notifications/subscriptions/webhook", new { enabled = false })).Status);
        lab.Clock.Advance(TimeSpan.FromHours(1));

        await lab.GoOnAsync((await lab.RowAsync(user, NotificationChannel.Webhook)).Id);

        Assert.Equal((NotificationStatus.Skipped, "The channel is not enabled"), await StateAsync(user));
        Assert.Empty(lab.Receiver.At(path));
    }

    [Fact]
    public async Task Sweep_DeletesWhatIsOlderThanThirtyDays()
    {
        var user = await lab.App.CreateUserAsync();
        await lab.TellAsync(user);
        await lab.TellAsync(user, NotificationType.QuotaWarning, with: notice => notice with { ScheduledFor = lab.Clock.GetUtcNow().AddDays(20) });
        lab.Clock.Advance(TimeSpan.FromDays(29));
        var sweep = (NotificationSweep)lab.App.Services.GetService(typeof(NotificationSweep))!;

        await sweep.DeleteOldAsync(CancellationToken.None);
        Assert.Equal(2, (await lab.RowsAsync(user)).Count);
        lab.Clock.Advance(TimeSpan.FromDays(2));
        await sweep.DeleteOldAsync(CancellationToken.None);

        Assert.Equal(NotificationType.QuotaWarning, Assert.Single(await lab.RowsAsync(user)).Type);
        Assert.True(await sweep.DeleteOldSlotsAsync(CancellationToken.None) > 0);
    }

    private async Task<(NotificationStatus, string?)> StateAsync(TestUser user)
    {
        var row = await lab.RowAsync(user, NotificationChannel.Webhook);
        return (row.Status, row.ErrorMessage);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

public sealed class DeliveryOnSqliteTests(NotificationLab lab) : DeliveryTests(lab), IClassFixture<NotificationLab>;

public sealed class DeliveryOnPostgresTests(NotificationLabOnPostgres lab) : DeliveryTests(lab), IClassFixture<NotificationLabOnPostgres>;
