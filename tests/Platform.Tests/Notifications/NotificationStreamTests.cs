using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Notifications;
using Platform.Tests.Contract;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;

namespace Platform.Tests.Notifications;

/// <summary>The live stream of a user's notifications.</summary>
public abstract class NotificationStreamTests(NotificationLab lab)
{
    private const string Path = "/api/v1/events/notifications/stream";

    [Fact]
    public async Task Stream_Open_ShowsWhatArrivesAndIsRead()
    {
        var (user, other) = (await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync());
        using var stream = await OpenAsync(user);
        Assert.Equal("text/event-stream; charset=utf-8", stream.Response.Content.Headers.ContentType!.ToString());
        var connected = (await stream.NextAsync())!;
        Assert.Equal(("connected", user.Id, null), (connected.Type, connected.Data.GetProperty("user_id").GetGuid(), connected.Id));

        await lab.TellAsync(other);
        await lab.TellAsync(user, subject: "first");
        await lab.TellAsync(user, subject: "second");
        var (first, second) = ((await stream.NextAsync())!, (await stream.NextAsync())!);
        Assert.Equal(("notification", "first", "high"), (first.Type, Text(first, "subject"), Text(first, "priority")));
        Assert.Equal(("second", 2), (Text(second, "subject"), Unread(second)));
        Assert.True(long.Parse(first.Id!) < long.Parse(second.Id!));

        var id = first.Data.GetProperty("notification_id").GetGuid();
        await user.ReadAsync(id);
        var read = (await stream.NextAsync())!;
        Assert.Equal(("notification_read", id.ToString(), 1), (read.Type, Text(read, "notification_id"), Unread(read)));
        await user.ReadAllAsync();
        var all = (await stream.NextAsync())!;
        Assert.Equal(("notification_read", true, 0), (all.Type, all.Data.GetProperty("all").GetBoolean(), Unread(all)));
        Assert.NotNull(all.Id);
    }

    [Fact]
    public async Task Stream_Resumed_SendsWhatWasMissedOnceAndGoesOn()
    {
        var user = await lab.App.CreateUserAsync();
        string last;
        using (var stream = await OpenAsync(user))
        {
            await stream.NextAsync();
            await lab.TellAsync(user, subject: "seen");
            last = (await stream.NextAsync())!.Id!;
        }

        await lab.TellAsync(user, subject: "missed");
        await lab.TellAsync(user, NotificationType.QuotaWarning, subject: "deleted");
        var deleted = (await lab.RowsAsync(user)).Single(row => row.Subject == "deleted");
        Assert.Equal(200, (await user.Client.CallAsync("DELETE", $"/api/v1/notifications/{deleted.Id}")).Status);
        using var again = await OpenAsync(user, last);
        await again.NextAsync();
        Assert.Equal("missed", Text((await again.NextAsync())!, "subject"));
        await lab.TellAsync(user, subject: "live");
        Assert.Equal("live", Text((await again.NextAsync())!, "subject"));
        using var fresh = await OpenAsync(user, "no number");
        await fresh.NextAsync();
        await lab.TellAsync(user, subject: "newest");
        Assert.Equal("newest", Text((await fresh.NextAsync())!, "subject"));
    }

    [Fact]
    public async Task Stream_WithMoreMissedThanAHundred_SendsTheNewestHundred()
    {
        var user = await lab.App.CreateUserAsync();
        await Task.WhenAll(Enumerable.Range(0, 105).Select(_ => lab.TellAsync(user, NotificationType.SecurityAlert)));
        var sequences = new List<long>();
        await Until.TrueAsync(
            async () => (sequences = await SequencesAsync(user)).Count == 105, "all events are numbered");

        using var stream = await OpenAsync(user, "0");
        await stream.NextAsync();
        List<long> seen = [];
        for (var i = 0; i < 100; i++)
            seen.Add(long.Parse((await stream.NextAsync())!.Id!));

        Assert.Equal(sequences[5..], seen);
    }

    [Fact]
    public async Task Stream_OfAnAccessToken_ShowsItsOrganizationOnly()
    {
        var (user, owner) = (await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync());
        var foreign = (await lab.App.PlaceOfAsync(owner)).OrganizationId;
        await lab.App.JoinAsync(user, owner, Platform.Organizations.OrganizationRole.Admin);
        using var client = lab.App.Bearer((await AccessTokens.OfAsync(user, "notifications:read"))!);
        using var stream = await EventStream.OpenAsync(client, Path);
        await stream.NextAsync();

        await lab.TellAsync(user, subject: "personal");
        await lab.TellAsync(user, subject: "of the organization", with: notice => notice with { OrganizationId = foreign });

        var message = (await stream.NextAsync())!;
        Assert.Equal(("of the organization", 1), (Text(message, "subject"), Unread(message)));
    }

    [Fact]
    public async Task Streams_OfBothKinds_ShareTheLimitPerUser()
    {
        var user = await lab.App.CreateUserAsync();
        var id = await new ExecutionClient(user).StartAsync("import time; time.sleep(60)");
        var streams = await Task.WhenAll([.. Enumerable.Range(0, 3).Select(_ => OpenAsync(user)), .. Enumerable.Range(0, 2).Select(_ => EventStream.OpenAsync(user.Client, id))]);
        Assert.All(streams, stream => Assert.Equal(HttpStatusCode.OK, stream.Status));

        using (var sixth = await OpenAsync(user))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, sixth.Status);
            Assert.Equal("Too many concurrent streams", (await sixth.Response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
        }

        streams[0].Dispose();
        await Until.TrueAsync(
            async () =>
            {
                using var again = await OpenAsync(user);
                return again.Status == HttpStatusCode.OK;
            },
            "the place is free again");
        foreach (var stream in streams)
            stream.Dispose();
    }

    [Fact]
    public async Task Stream_Named_HasEventLines()
    {
        var user = await lab.App.CreateUserAsync();
        using var stream = await EventStream.OpenAsync(user.Client, $"{Path}?named_events=true");

        Assert.Equal("connected", (await stream.NextAsync())!.Name);
    }

    private static Task<EventStream> OpenAsync(TestUser user, string? lastEventId = null) => EventStream.OpenAsync(user.Client, Path, lastEventId);

    private Task<List<long>> SequencesAsync(TestUser user) => lab.App.InDatabaseAsync(db => db.Events
        .Where(e => e.UserId == user.Id && e.EventType == "notification_delivered" && e.Sequence != null).OrderBy(e => e.Sequence).Select(e => e.Sequence!.Value).ToListAsync());

    private static string Text(EventStream.Message message, string name) => message.Data.GetProperty(name).GetString()!;

    private static int Unread(EventStream.Message message) => message.Data.GetProperty("unread_count").GetInt32();
}

public sealed class NotificationStreamOnSqliteTests(NotificationLab lab) : NotificationStreamTests(lab), IClassFixture<NotificationLab>;

public sealed class NotificationStreamOnPostgresTests(NotificationLabOnPostgres lab) : NotificationStreamTests(lab), IClassFixture<NotificationLabOnPostgres>;
