using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Notifications;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Notifications;

/// <summary>What ends the stream of notifications, and what does not.</summary>
public sealed class NotificationStreamEndTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const string Path = "/api/v1/events/notifications/stream";

    [Fact]
    public async Task Stream_Silent_SendsHeartbeatsAndEndsWithTheSession()
    {
        await using var app = await PlatformApp.StartAsync(settings: ("Sse:HeartbeatSeconds", "1"));
        var user = await app.CreateUserAsync();
        using var stream = await EventStream.OpenAsync(user.Client, Path);
        Assert.Equal(["connected", "heartbeat", "heartbeat"], [(await stream.NextAsync())!.Type, (await stream.NextAsync())!.Type, (await stream.NextAsync())!.Type]);

        Assert.Equal(HttpStatusCode.OK, (await app.Client(user.AsBrowser(user.CsrfToken)).PostAsJsonAsync("/api/v1/auth/logout", new { })).StatusCode);

        var rest = await stream.ToEndAsync();
        Assert.Equal(("reconnect", "session_ended"), (rest[^1].Type, rest[^1].Data.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Stream_LivedLongEnough_AsksToReconnect()
    {
        await using var app = await PlatformApp.StartAsync(settings: ("Sse:MaxStreamSeconds", "1"));
        using var stream = await EventStream.OpenAsync((await app.CreateUserAsync()).Client, Path);

        var all = await stream.ToEndAsync();

        Assert.Equal(["connected", "reconnect"], all.Select(message => message.Type));
        Assert.Equal("max_stream_life", all[^1].Data.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Stream_HostStops_SaysSo()
    {
        EventStream stream;
        await using (var app = await PlatformApp.StartAsync())
        {
            stream = await EventStream.OpenAsync((await app.CreateUserAsync()).Client, Path);
            await stream.NextAsync();
        }

        var all = await stream.ToEndAsync();
        stream.Dispose();
        Assert.Equal(("shutdown", 30), (Assert.Single(all).Type, all[0].Data.GetProperty("grace_period").GetInt32()));
    }

    [Fact]
    public async Task Subscription_OfASlowReader_EndsWhenItsBufferIsFull()
    {
        await using var app = await PlatformApp.StartAsync(settings: ("Sse:BufferMessages", "3"));
        var user = await app.CreateUserAsync();
        using var subscription = app.Services.GetRequiredService<EventTail>().SubscribeOwner(NotificationEvent.TopicName, user.Id);

        await TellAsync(app, user, times: 3); // two events each

        await Until.TrueAsync(() => subscription.Overflowed, "the buffer is full");
        for (var i = 0; i < 3; i++)
            Assert.NotNull(await subscription.ReadAsync(CancellationToken.None));
        Assert.Null(await subscription.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task TwoNodes_OnOneDatabase_StreamEachOthersNotifications()
    {
        var database = await postgres.CreateMigratedDatabaseAsync();
        await using var first = await PlatformApp.StartAsync(Db.Postgres, connectionString: database, settings: ("Secrets:MasterKey", Convert.ToBase64String(new byte[32])));
        await using var second = await PlatformApp.StartAsync(Db.Postgres, connectionString: database, settings: ("Secrets:MasterKey", Convert.ToBase64String(new byte[32])));
        var user = await first.CreateUserAsync();
        using var client = second.Client(headers => headers.Authorization = new("Bearer", user.Token));
        using var stream = await EventStream.OpenAsync(client, Path);
        await stream.NextAsync();

        await TellAsync(first, user, times: 1);

        var message = (await stream.NextAsync())!;
        while (message.Type == "heartbeat")
            message = (await stream.NextAsync())!;
        Assert.Equal("notification", message.Type);
        var last = long.Parse(message.Id!);
        await TellAsync(second, user, times: 1);
        using var resumed = await EventStream.OpenAsync(user.Client, Path, $"{last}");
        await resumed.NextAsync();
        Assert.True(long.Parse((await resumed.NextAsync())!.Id!) > last);
    }

    private static async Task TellAsync(PlatformApp app, TestUser user, int times)
    {
        var place = await app.PlaceOfAsync(user);
        for (var i = 0; i < times; i++)
        {
            await using var scope = app.As(Caller.Platform);
            var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
            await db.InTransactionAsync(
                async () =>
                {
                    var notice = new Notice(user.Id, place.OrganizationId, NotificationType.SecurityAlert, NotificationSeverity.Urgent, "subject", "body");
                    Assert.Equal(1, (await scope.ServiceProvider.GetRequiredService<NotificationFanOut>().AddAsync(notice, new NoticeCause(Guid.CreateVersion7(), null), CancellationToken.None)).Value);
                    return await db.SaveChangesAsync();
                },
                CancellationToken.None);
        }
    }
}
