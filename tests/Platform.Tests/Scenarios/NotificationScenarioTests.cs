using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Identity;
using Platform.Notifications;
using Platform.Tests.Admin;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Scenarios;

/// <summary>Acceptance scenario 18 of executions.md §8.</summary>
[Collection(ScenarioWorlds.Collection)]
public sealed class NotificationScenarioTests(ScenarioWorlds worlds)
{
    private const string Webhook = "/api/v1/notifications?channel=webhook";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Scenario18_SixthWithinAnHourDuringQuietHours_IsNotStoredAndWebhooksWait(Db db)
    {
        var world = await worlds.GetAsync(db);
        var user = new ExecutionClient(await world.First.CreateUserAsync());
        var path = $"/quiet/{Guid.CreateVersion7()}";
        var now = world.Clock.GetUtcNow();
        await user.Http.CallAsync(HttpMethod.Put, "/api/v1/user/settings/notifications", new { channels = new[] { "in_app", "webhook" } }, HttpStatusCode.OK);
        var quiet = new { enabled = true, webhook_url = world.Receiver.Url(path), quiet_hours_enabled = true, quiet_hours_start = Minute(now.AddHours(-1)), quiet_hours_end = Minute(now.AddMinutes(30)) };
        await user.Http.CallAsync(HttpMethod.Put, "/api/v1/notifications/subscriptions/webhook", quiet, HttpStatusCode.OK);

        for (var i = 1; i <= 6; i++)
            await UntilHandledAsync(world.First, (await user.RunAsync("print(1)")).GetProperty("execution_id").GetGuid());

        var shown = await user.GetAsync("/api/v1/notifications");
        Assert.Equal((5, 5), (shown.GetProperty("total").GetInt32(), shown.GetProperty("unread_count").GetInt32()));
        Assert.All(shown.GetProperty("notifications").EnumerateArray(), row => Assert.Equal(("execution_completed", "delivered"), (row.Text("notification_type"), row.Text("status"))));
        var waiting = (await user.GetAsync(Webhook)).GetProperty("notifications").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Repeat("pending", 5), waiting.Select(row => row.Text("status")));
        Assert.Empty(world.Receiver.At(path));

        world.Clock.Advance(TimeSpan.FromMinutes(30)); // timers do not notice that
        foreach (var row in waiting)
            await GoOnAsync(world.First, row.GetProperty("notification_id").GetGuid());
        await Until.TrueAsync(async () => (await user.GetAsync($"{Webhook}&status=delivered")).GetProperty("total").GetInt32() == 5, "the webhooks are sent");
        Assert.Equal(waiting.Select(row => row.Text("notification_id")).Order(), world.Receiver.At(path).Select(received => received.Headers["X-Notification-Id"]).Order());
    }

    /// <summary>Waits until the consumer of notifications has dealt with the run's end, and what is put off is put off.</summary>
    private static async Task UntilHandledAsync(PlatformApp app, Guid execution)
    {
        var aggregate = $"{execution}";
        await Until.TrueAsync(() => app.WithDatabaseAsync(db => db.ConsumerOffsets.AnyAsync(offset => offset.Consumer == "notifications" && offset.AggregateId == aggregate
            && db.Events.Any(stored => stored.AggregateId == aggregate && stored.EventType == "execution_completed" && offset.Sequence >= stored.Sequence))), "the notification was decided on");
        await Until.TrueAsync(
            () => app.WithDatabaseAsync(db => db.Notifications.Where(row => row.RelatedEntityId == aggregate && row.Channel == NotificationChannel.Webhook).AllAsync(row => row.ScheduledFor != null)), "the webhook is put off");
    }

    private static async Task GoOnAsync(PlatformApp app, Guid id)
    {
        await using var scope = app.As(Caller.Platform);
        await scope.ServiceProvider.GetRequiredService<DeliverNotification>().AdvanceAsync(id, CancellationToken.None);
    }

    private static string Minute(DateTimeOffset at) => at.ToString("HH:mm", CultureInfo.InvariantCulture);
}
