using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Notifications;
using Platform.Outbound;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;

namespace Platform.Tests.Notifications;

/// <summary>The platform with a receiver on loopback that it may reach, a clock that can be set forward, and settings of users that tests can change.</summary>
public class NotificationLab : IAsyncLifetime
{
    public PlatformApp App { get; private set; } = null!;

    public Receiver Receiver { get; private set; } = null!;

    public ShiftedClock Clock { get; } = new();

    internal TestPreferences Preferences { get; } = new();

    /// <summary>Addresses of names that tests make up; all others are resolved as usual.</summary>
    public ConcurrentDictionary<string, IPAddress> Names { get; } = new(StringComparer.OrdinalIgnoreCase);

    protected virtual Db Database => Db.Sqlite;

    public async Task InitializeAsync()
    {
        Receiver = await Receiver.StartAsync();
        App = await PlatformApp.StartAsync(
            Database,
            services =>
            {
                services.AddSingleton<TimeProvider>(Clock);
                services.AddSingleton<INotificationPreferences>(Preferences);
                services.AddSingleton<ResolveHost>((host, ct) => Names.TryGetValue(host, out var address) ? Task.FromResult<IPAddress[]>([address]) : Dns.GetHostAddressesAsync(host, ct));
            },
            settings: [("Outbound:AllowHttp", "true"), ("Outbound:AllowHosts:0", $"127.0.0.1:{Receiver.Port}"), ("Notifications:SlackAllowedHosts", "127.0.0.1,hooks.slack.com"), ("Platform:PublicUrl", "https://platform.example")]);
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    /// <summary>Tells the user something, as event handlers do, and answers how many rows that made.</summary>
    public async Task<Result<int>> TellAsync(
        TestUser user, NotificationType type = NotificationType.ExecutionFailed, NotificationSeverity severity = NotificationSeverity.High, string subject = "Told", string[]? tags = null, Func<Notice, Notice>? with = null)
    {
        var place = await App.PlaceOfAsync(user);
        var notice = new Notice(user.Id, place.OrganizationId, type, severity, subject, "what happened") { Tags = tags ?? ["execution"], ActionUrl = "/executions/1", RelatedEntityId = "1", RelatedEntityType = "execution" };
        await using var scope = App.As(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        return await db.InTransactionAsync(
            async () =>
            {
                var added = await scope.ServiceProvider.GetRequiredService<NotificationFanOut>().AddAsync(with?.Invoke(notice) ?? notice, new NoticeCause(Guid.CreateVersion7(), "corr-1"), CancellationToken.None);
                await db.SaveChangesAsync();
                return added;
            },
            CancellationToken.None);
    }

    public Task<List<Notification>> RowsAsync(TestUser user, NotificationChannel? channel = null) => App.InDatabaseAsync(
        db => db.Notifications.AsNoTracking().Where(n => n.UserId == user.Id && (channel == null || n.Channel == channel)).OrderBy(n => n.CreatedAt).ThenBy(n => n.Id).ToListAsync());

    public async Task<Notification> RowAsync(TestUser user, NotificationChannel channel) => Assert.Single(await RowsAsync(user, channel));

    /// <summary>The only notification of the channel, once its delivery has come so far.</summary>
    public async Task<Notification> UntilAsync(TestUser user, NotificationChannel channel, Func<Notification, bool> reached, string what)
    {
        Notification? found = null;
        await Until.TrueAsync(async () => (found = (await RowsAsync(user, channel)).Find(row => reached(row))) is not null, what);
        return found!;
    }

    /// <summary>Goes on with a delivery as its orchestration does when its time has come.</summary>
    public async Task<DeliveryStep> AdvanceAsync(Guid id)
    {
        await using var scope = App.As(Caller.Platform);
        return await scope.ServiceProvider.GetRequiredService<DeliverNotification>().AdvanceAsync(id, CancellationToken.None);
    }

    /// <summary>Goes on with a delivery whose time has come, and waits for whoever does the same: the app's orchestration may notice that the clock was set forward.</summary>
    public async Task GoOnAsync(Guid id)
    {
        await AdvanceAsync(id);
        await Until.TrueAsync(
            () => App.InDatabaseAsync(async db => !await db.Notifications.AnyAsync(n => (n.Id == id || n.DigestId == id) && n.Status == NotificationStatus.Sending)), "nobody sends it any more");
    }

    public Task<List<string>> EventsAsync(Guid id) => App.InDatabaseAsync(
        db => db.Events.Where(e => e.AggregateId == id.ToString()).OrderBy(e => e.RowId).Select(e => e.EventType).ToListAsync());

    /// <summary>Subscribes a channel; a webhook at a path of the receiver that nobody else uses.</summary>
    public async Task<(string Path, JsonElement Answer)> SubscribeAsync(TestUser user, string channel = "webhook", object? more = null)
    {
        var path = $"/{channel}/{Guid.CreateVersion7()}";
        var body = new Dictionary<string, object?> { ["enabled"] = true, [channel == "slack" ? "slack_webhook" : "webhook_url"] = Receiver.Url(path) };
        foreach (var property in more?.GetType().GetProperties() ?? [])
            body[property.Name] = property.GetValue(more);
        var answer = await user.Client.PutAsJsonAsync($"/api/v1/notifications/subscriptions/{channel}", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (path, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }
}

public sealed class NotificationLabOnPostgres : NotificationLab
{
    protected override Db Database => Db.Postgres;
}

/// <summary>Settings in which every channel is switched on, but for users whom a test gives others.</summary>
internal sealed class TestPreferences : INotificationPreferences
{
    private static readonly NotificationPreferences All = new() { Channels = [NotificationChannel.InApp, NotificationChannel.Webhook, NotificationChannel.Slack] };

    private readonly ConcurrentDictionary<Guid, NotificationPreferences> _ofUsers = [];

    public NotificationPreferences this[Guid userId]
    {
        set => _ofUsers[userId] = value;
    }

    public ValueTask<NotificationPreferences> ReadAsync(Guid userId, CancellationToken ct) => new(_ofUsers.GetValueOrDefault(userId, All));
}

/// <summary>Calls that answer without a body.</summary>
internal static class NotificationCalls
{
    public static async Task ReadAsync(this TestUser user, Guid id) =>
        Assert.Equal(HttpStatusCode.NoContent, (await user.Client.PutAsync($"/api/v1/notifications/{id}/read", null)).StatusCode);

    public static async Task ReadAllAsync(this TestUser user) =>
        Assert.Equal(HttpStatusCode.NoContent, (await user.Client.PostAsync("/api/v1/notifications/mark-all-read", null)).StatusCode);
}
