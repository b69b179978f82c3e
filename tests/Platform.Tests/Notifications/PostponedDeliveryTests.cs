using System.Globalization;
using System.Text.Json;
using Platform.Notifications;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;

namespace Platform.Tests.Notifications;

/// <summary>Notifications that are not sent at once: quiet hours, digests, schedules.</summary>
public abstract class PostponedDeliveryTests(NotificationLab lab)
{
    [Fact]
    public async Task QuietHours_PostponeTheWebhookNotTheAppNorTheUrgent()
    {
        var user = await lab.App.CreateUserAsync();
        var now = lab.Clock.GetUtcNow();
        var (path, _) = await lab.SubscribeAsync(user, more: new { quiet_hours_enabled = true, quiet_hours_start = Clock(now.AddHours(-1)), quiet_hours_end = Clock(now.AddHours(2)) });

        await lab.TellAsync(user);

        var row = await lab.UntilAsync(user, NotificationChannel.Webhook, n => n.ScheduledFor is not null, "it is put off");
        Assert.Equal(NotificationStatus.Delivered, (await lab.RowAsync(user, NotificationChannel.InApp)).Status);
        Assert.Equal((NotificationStatus.Pending, Clock(now.AddHours(2))), (row.Status, Clock(row.ScheduledFor!.Value)));
        Assert.Empty(lab.Receiver.At(path));
        await lab.TellAsync(user, severity: NotificationSeverity.Urgent);
        await lab.UntilAsync(user, NotificationChannel.Webhook, n => n.Status == NotificationStatus.Delivered, "the urgent one is sent");

        lab.Clock.Advance(TimeSpan.FromHours(2));
        await lab.GoOnAsync(row.Id);
        Assert.Equal(2, lab.Receiver.At(path).Count);
    }

    [Fact]
    public async Task LowOnes_AreSentTogetherWhenTheIntervalIsOver()
    {
        var user = await lab.App.CreateUserAsync();
        var (path, _) = await lab.SubscribeAsync(user, more: new { batch_interval_minutes = 30 });
        foreach (var subject in (string[])["a", "b", "c"])
        {
            await lab.TellAsync(user, severity: NotificationSeverity.Low, subject: subject);
            await Until.TrueAsync(async () => (await lab.RowsAsync(user, NotificationChannel.Webhook)).TrueForAll(n => n.Status == NotificationStatus.Queued), $"{subject} is queued");
        }

        var rows = await lab.RowsAsync(user, NotificationChannel.Webhook);
        Assert.All(rows, row => Assert.Equal((rows[0].Id, rows[0].ScheduledFor), (row.DigestId, row.ScheduledFor)));
        Assert.Equal(rows[0].ScheduledFor, (await lab.AdvanceAsync(rows[0].Id)).Until);
        Assert.Equal(DeliveryStep.Over, await lab.AdvanceAsync(rows[1].Id));
        lab.Receiver.Answer(path, 503);
        lab.Clock.Advance(TimeSpan.FromMinutes(30));
        await lab.GoOnAsync(rows[0].Id);
        lab.Clock.Advance(Notification.PauseBetweenTries);
        await lab.GoOnAsync(rows[0].Id);

        Assert.Equal(2, lab.Receiver.At(path).Count);
        var digest = lab.Receiver.At(path)[^1];
        Assert.Equal(rows[0].Id.ToString(), digest.Headers["X-Notification-Id"]);
        Assert.Equal(("digest", "low", "3 notifications"), (Text(digest.Json, "type"), Text(digest.Json, "severity"), Text(digest.Json, "subject")));
        Assert.Equal(["a", "b", "c"], digest.Json.GetProperty("notifications").EnumerateArray().Select(n => Text(n, "subject")));
        Assert.All(await lab.RowsAsync(user, NotificationChannel.Webhook), row => Assert.Equal(NotificationStatus.Delivered, row.Status));
    }

    [Fact]
    public async Task LowOne_WhoseLeaderIsDeleted_IsSentAllTheSame()
    {
        var user = await lab.App.CreateUserAsync();
        var (path, _) = await lab.SubscribeAsync(user, more: new { batch_interval_minutes = 30 });
        foreach (var subject in (string[])["a", "b"])
        {
            await lab.TellAsync(user, severity: NotificationSeverity.Low, subject: subject);
            await Until.TrueAsync(async () => (await lab.RowsAsync(user, NotificationChannel.Webhook)).TrueForAll(n => n.Status == NotificationStatus.Queued), $"{subject} is queued");
        }

        var leader = (await lab.RowsAsync(user, NotificationChannel.Webhook))[0].Id;
        Assert.Equal(200, (await user.Client.CallAsync("DELETE", $"/api/v1/notifications/{leader}")).Status);
        lab.Clock.Advance(TimeSpan.FromMinutes(30));
        await lab.GoOnAsync(leader);

        Assert.Equal("b", Text(Assert.Single(lab.Receiver.At(path)).Json, "subject"));
    }

    [Fact]
    public async Task LowOne_WithoutInterval_IsSentAtOnce()
    {
        var user = await lab.App.CreateUserAsync();
        await lab.SubscribeAsync(user, more: new { batch_interval_minutes = 0 });

        await lab.TellAsync(user, severity: NotificationSeverity.Low);

        await lab.UntilAsync(user, NotificationChannel.Webhook, n => n.Status == NotificationStatus.Delivered, "it is sent");
    }

    [Fact]
    public async Task Deleted_BeforeItsTime_IsNotSent()
    {
        var user = await lab.App.CreateUserAsync();
        var (path, _) = await lab.SubscribeAsync(user);
        await lab.TellAsync(user, with: notice => notice with { ScheduledFor = lab.Clock.GetUtcNow().AddHours(1) });
        var row = await lab.RowAsync(user, NotificationChannel.Webhook);

        Assert.Equal(200, (await user.Client.CallAsync("DELETE", $"/api/v1/notifications/{row.Id}")).Status);
        lab.Clock.Advance(TimeSpan.FromHours(1));

        await lab.GoOnAsync(row.Id);
        Assert.Empty(lab.Receiver.At(path));
        await lab.AdvanceAsync((await lab.RowAsync(user, NotificationChannel.InApp)).Id);
        await lab.UntilAsync(user, NotificationChannel.InApp, n => n.Status == NotificationStatus.Delivered, "the one in the app has come");
    }

    private static string Clock(DateTimeOffset time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

public sealed class PostponedDeliveryOnSqliteTests(NotificationLab lab) : PostponedDeliveryTests(lab), IClassFixture<NotificationLab>;

public sealed class PostponedDeliveryOnPostgresTests(NotificationLabOnPostgres lab) : PostponedDeliveryTests(lab), IClassFixture<NotificationLabOnPostgres>;
