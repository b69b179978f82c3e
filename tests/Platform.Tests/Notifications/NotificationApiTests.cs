using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Notifications;
using Platform.Tests.Contract;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;

namespace Platform.Tests.Notifications;

/// <summary>Reading, marking and deleting one's own notifications.</summary>
public abstract class NotificationApiTests(NotificationLab lab)
{
    private const string Root = "/api/v1/notifications";

    [Fact]
    public async Task List_FiltersAndPages_ShowsWhatTheQueryAsksFor()
    {
        var user = await lab.App.CreateUserAsync();
        await lab.TellAsync(user, NotificationType.ExecutionCompleted, NotificationSeverity.Medium, "one", ["execution", "exec:1", "completed"]);
        await lab.TellAsync(user, NotificationType.ExecutionFailed, NotificationSeverity.High, "two", ["execution", "exec:2", "failed"]);
        await lab.TellAsync(user, NotificationType.SystemUpdate, NotificationSeverity.Medium, "three", ["external_alert"]);

        var all = await user.Client.GetFromJsonAsync<JsonElement>(Root);
        Assert.Equal((3, 3), (all.GetProperty("total").GetInt32(), all.GetProperty("unread_count").GetInt32()));
        Assert.Equal(["three", "two", "one"], Subjects(all));
        var first = all.GetProperty("notifications")[1];
        Assert.Equal(("high", "high", "delivered", "/executions/1"), (Text(first, "severity"), Text(first, "priority"), Text(first, "status"), Text(first, "action_url")));
        Assert.Equal(["two"], Subjects(await user.Client.GetFromJsonAsync<JsonElement>($"{Root}?limit=1&offset=1")));
        Assert.Equal(["two", "one"], Subjects(await user.Client.GetFromJsonAsync<JsonElement>($"{Root}?include_tags=execution")));
        Assert.Equal(["one"], Subjects(await user.Client.GetFromJsonAsync<JsonElement>($"{Root}?include_tags=execution&exclude_tags=failed,other")));
        Assert.Equal(["one"], Subjects(await user.Client.GetFromJsonAsync<JsonElement>($"{Root}?tag_prefix=exec:&limit=1&offset=1")));
        Assert.Empty(Subjects(await user.Client.GetFromJsonAsync<JsonElement>($"{Root}?channel=webhook")));
        Assert.Empty(Subjects(await user.Client.GetFromJsonAsync<JsonElement>($"{Root}?status=read")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await user.Client.GetAsync($"{Root}?limit=101")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await user.Client.GetAsync($"{Root}?channel=pigeon")).StatusCode);
        var cache = (await user.Client.GetAsync($"{Root}/unread-count")).Headers.CacheControl!;
        Assert.True(cache is { Private: true, NoCache: true });
    }

    [Fact]
    public async Task Read_Twice_KeepsTheFirstTimeAndCountsDown()
    {
        var user = await lab.App.CreateUserAsync();
        await lab.TellAsync(user);
        var row = await lab.RowAsync(user, NotificationChannel.InApp);

        await user.ReadAsync(row.Id);
        var first = (await lab.RowAsync(user, NotificationChannel.InApp)).ReadAt;
        lab.Clock.Advance(TimeSpan.FromMinutes(1));
        await user.ReadAsync(row.Id);

        Assert.NotNull(first);
        Assert.Equal(first, (await lab.RowAsync(user, NotificationChannel.InApp)).ReadAt);
        Assert.Equal(0, await UnreadAsync(user));
        Assert.Equal(["notification_created", "notification_delivered", "notification_read"], await lab.EventsAsync(row.Id));
    }

    [Fact]
    public async Task Click_ReadsTooAndIsToldOnceWithItsAction()
    {
        var (user, other) = (await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync());
        await lab.TellAsync(user);
        var id = (await lab.RowAsync(user, NotificationChannel.InApp)).Id;

        Assert.Equal(404, (await other.Client.CallAsync("PUT", $"{Root}/{id}/clicked")).Status);
        Assert.Equal(422, (await user.Client.CallAsync("PUT", $"{Root}/{id}/clicked", new { action = "a b" })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await user.Client.PutAsJsonAsync($"{Root}/{id}/clicked", new { action = "view_details" })).StatusCode);
        var first = await lab.RowAsync(user, NotificationChannel.InApp);
        lab.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.NoContent, (await user.Client.PutAsync($"{Root}/{id}/clicked", null)).StatusCode);
        await user.ReadAsync(id); // stays clicked

        var row = await lab.RowAsync(user, NotificationChannel.InApp);
        Assert.Equal((NotificationStatus.Clicked, first.ReadAt, first.ClickedAt), (row.Status, row.ReadAt, row.ClickedAt));
        Assert.NotNull(first.ClickedAt);
        Assert.Equal(0, await UnreadAsync(user));
        Assert.Equal(["notification_created", "notification_delivered", "notification_read", "notification_clicked"], await lab.EventsAsync(id));
        var raised = await lab.App.InDatabaseAsync(db => db.Events.SingleAsync(e => e.EventType == "notification_clicked" && e.UserId == user.Id));
        Assert.Equal("view_details", Text(raised.ReadPayload<JsonElement>(), "action"));
    }

    [Fact]
    public async Task Read_NotDeliveredYet_IsRefused()
    {
        var user = await lab.App.CreateUserAsync();
        await lab.TellAsync(user, with: notice => notice with { ScheduledFor = lab.Clock.GetUtcNow().AddDays(1) });
        var row = await lab.RowAsync(user, NotificationChannel.InApp);

        var answer = await user.Client.CallAsync("PUT", $"{Root}/{row.Id}/read");

        Assert.Equal((400, "Notification is not delivered"), answer.Brief);
        Assert.Equal(NotificationStatus.Pending, (await lab.RowAsync(user, NotificationChannel.InApp)).Status);
    }

    [Fact]
    public async Task ReadAll_Some_LeavesNoneUnreadAndRaisesOneEvent()
    {
        var (user, other) = (await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync());
        for (var i = 0; i < 3; i++)
            await lab.TellAsync(user);
        await lab.TellAsync(other);

        await user.ReadAllAsync();
        await user.ReadAllAsync();

        Assert.Equal((0, 1), (await UnreadAsync(user), await UnreadAsync(other)));
        var raised = Assert.Single(await lab.App.InDatabaseAsync(db => db.Events.Where(e => e.UserId == user.Id && e.EventType == "notification_all_read").ToListAsync()));
        Assert.Equal(3, raised.ReadPayload<JsonElement>().GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Delete_OwnOnce_IsGoneAndThenNotFound()
    {
        var (user, other) = (await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync());
        await lab.TellAsync(user);
        var id = (await lab.RowAsync(user, NotificationChannel.InApp)).Id;

        Assert.Equal((404, "Notification not found"), (await other.Client.CallAsync("DELETE", $"{Root}/{id}")).Brief);
        Assert.Equal((404, "Notification not found"), (await other.Client.CallAsync("PUT", $"{Root}/{id}/read")).Brief);
        var deleted = await user.Client.CallAsync("DELETE", $"{Root}/{id}");
        Assert.Equal((200, "Notification deleted"), (deleted.Status, Text(deleted.Body, "message")));
        Assert.Equal(404, (await user.Client.CallAsync("DELETE", $"{Root}/{id}")).Status);
        Assert.Equal(404, (await user.Client.CallAsync("DELETE", $"{Root}/none")).Status);
        Assert.Empty(await lab.RowsAsync(user));
    }

    [Fact]
    public async Task Operator_OnAnothersNotification_FindsNone()
    {
        var user = await lab.App.CreateUserAsync();
        await lab.TellAsync(user);
        var id = (await lab.RowAsync(user, NotificationChannel.InApp)).Id;
        var chief = await lab.App.OperatorAsync();

        Assert.Equal(404, (await chief.Client.CallAsync("PUT", $"{Root}/{id}/read")).Status);
        Assert.Equal(404, (await chief.Client.CallAsync("DELETE", $"{Root}/{id}")).Status);
    }

    [Fact]
    public async Task TypeSwitchedOff_IsNotStored_AndOthersAre()
    {
        var user = await lab.App.CreateUserAsync();
        lab.Preferences[user.Id] = new NotificationPreferences { ExecutionFailed = false, SystemUpdates = false };

        Assert.Equal(0, (await lab.TellAsync(user, NotificationType.ExecutionTimeout)).Value);
        Assert.Equal(0, (await lab.TellAsync(user, NotificationType.SystemAlert)).Value);
        Assert.Equal(1, (await lab.TellAsync(user, NotificationType.ExecutionCompleted)).Value);
        Assert.Equal(1, (await lab.TellAsync(user, NotificationType.AccountUpdate)).Value);
        Assert.Equal(2, await UnreadAsync(user));
    }

    [Fact]
    public async Task InAppSubscription_ThatLeavesItOut_StoresItAsSkipped()
    {
        var user = await lab.App.CreateUserAsync();
        (await user.Client.PutAsJsonAsync($"{Root}/subscriptions/in_app", new { enabled = true, exclude_tags = new[] { "noise" } })).EnsureSuccessStatusCode();

        await lab.TellAsync(user, tags: ["noise"]);

        var row = await lab.RowAsync(user, NotificationChannel.InApp);
        Assert.Equal((NotificationStatus.Skipped, "It has an excluded tag"), (row.Status, row.ErrorMessage));
        Assert.Equal(0, await UnreadAsync(user));
    }

    [Fact]
    public async Task AccessToken_OfAnotherOrganization_SeesAndChangesNothingOfIt()
    {
        var (user, owner) = (await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync());
        await lab.TellAsync(user);
        var id = (await lab.RowAsync(user, NotificationChannel.InApp)).Id;
        await lab.App.JoinAsync(user, owner, Platform.Organizations.OrganizationRole.Admin);
        using var client = lab.App.Bearer((await AccessTokens.OfAsync(user, "notifications:read", "notifications:write"))!);

        Assert.Equal(0, (await client.GetFromJsonAsync<JsonElement>(Root)).GetProperty("total").GetInt32());
        Assert.Equal(404, (await client.CallAsync("PUT", $"{Root}/{id}/read")).Status);
        Assert.Equal(403, (await client.CallAsync("GET", $"{Root}/subscriptions")).Status);
        Assert.Equal(403, (await client.CallAsync("PUT", $"{Root}/subscriptions/in_app", new { enabled = false })).Status);
        Assert.Equal(1, await UnreadAsync(user));
    }

    private static async Task<int> UnreadAsync(TestUser user) => (await user.Client.GetFromJsonAsync<JsonElement>($"{Root}/unread-count")).GetProperty("unread_count").GetInt32();

    private static string[] Subjects(JsonElement list) => [.. list.GetProperty("notifications").EnumerateArray().Select(item => Text(item, "subject"))];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

public sealed class NotificationApiOnSqliteTests(NotificationLab lab) : NotificationApiTests(lab), IClassFixture<NotificationLab>;

public sealed class NotificationApiOnPostgresTests(NotificationLabOnPostgres lab) : NotificationApiTests(lab), IClassFixture<NotificationLabOnPostgres>;
