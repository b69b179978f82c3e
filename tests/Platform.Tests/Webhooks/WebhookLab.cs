using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;
using Platform.Webhooks;

namespace Platform.Tests.Webhooks;

/// <summary>The platform with a receiver on loopback that it may call, and a clock that can be set forward.</summary>
internal sealed class WebhookLab(PlatformApp app, Receiver receiver, ShiftedClock clock) : IAsyncDisposable
{
    public PlatformApp App => app;

    public Receiver Receiver => receiver;

    public ShiftedClock Clock => clock;

    public static async Task<WebhookLab> StartAsync(Db database, string? connectionString = null, Receiver? receiver = null, ILoggerProvider? log = null, params (string Key, string Value)[] settings)
    {
        var (own, clock) = (receiver ?? await Receiver.StartAsync(), new ShiftedClock());
        var app = await PlatformApp.StartAsync(
            database,
            services =>
            {
                services.AddSingleton<TimeProvider>(clock);
                if (log is not null)
                {
                    services.AddSingleton(log).PostConfigure<LoggerFilterOptions>(options =>
                    {
                        options.Rules.Clear();
                        options.MinLevel = LogLevel.Debug;
                    });
                }
            },
            connectionString: connectionString,
            settings: [("Outbound:AllowHttp", "true"), ("Outbound:AllowHosts:0", "127.0.0.1"), .. settings]);
        return new WebhookLab(app, own, clock);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await receiver.DisposeAsync();
    }

    /// <summary>A webhook at a path of the receiver that nobody else uses.</summary>
    public async Task<Hook> CreateAsync(TestUser user, object? more = null, string? url = null)
    {
        var path = $"/hook/{Guid.CreateVersion7()}";
        var body = new Dictionary<string, object?> { ["url"] = url ?? receiver.Url(path), ["events"] = new[] { "*" } };
        foreach (var property in more?.GetType().GetProperties() ?? [])
            body[property.Name] = property.GetValue(more);
        var (status, answer) = await SendAsync(user, HttpMethod.Post, "/api/dev/webhooks", body);
        Assert.True(status == HttpStatusCode.Created, $"{status}: {answer}");
        var data = answer.GetProperty("data");
        return new Hook(data.GetProperty("id").GetGuid(), path, data.GetProperty("secret").GetString()!, data);
    }

    public static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(TestUser user, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await user.Client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>The data of an answer that has to be a good one.</summary>
    public static async Task<JsonElement> DoAsync(TestUser user, HttpMethod method, string path, object? body = null)
    {
        var (status, answer) = await SendAsync(user, method, path, body);
        Assert.True((int)status < 300, $"{method} {path}: {status} {answer}");
        return answer.GetProperty("data");
    }

    /// <summary>Something happens in the user's organization and project.</summary>
    public async Task<PlatformEvent> RaiseAsync(TestUser user, string type = "build.completed", object? payload = null, Guid? project = null, string service = "platform", string? aggregate = null)
    {
        var place = await app.PlaceOfAsync(user);
        await using var scope = app.As(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var stored = db.Raise(new EventDraft
        {
            EventType = type,
            Topic = "build_events",
            Payload = JsonSerializer.Serialize(payload ?? new { build_id = Guid.CreateVersion7(), number = 7, status = "success" }),
            AggregateId = aggregate ?? Guid.CreateVersion7().ToString(),
            OrganizationId = place.OrganizationId,
            ProjectId = project ?? place.ProjectId,
            UserId = user.Id,
            ServiceName = service,
        });
        await db.SaveChangesAsync();
        return stored;
    }

    /// <summary>Waits until the event has its number and everybody here knows it.</summary>
    public Task SettleAsync(PlatformEvent raised) => Until.TrueAsync(
        () => app.InDatabaseAsync(async db =>
            await db.Events.Where(stored => stored.EventId == raised.EventId).Select(stored => stored.Sequence).SingleAsync() is { } sequence
            && app.Services.GetRequiredService<EventSignal>().Newest >= sequence),
        "the event is numbered");

    /// <summary>Sets the clock forward and lets the deliverer look.</summary>
    public void Advance(TimeSpan by)
    {
        clock.Advance(by);
        Look();
    }

    public void Look() => app.Services.GetRequiredService<DeliverySignal>().Work.Set();

    public Task<List<WebhookDelivery>> DeliveriesAsync(Guid webhookId) => app.InDatabaseAsync(
        db => db.WebhookDeliveries.AsNoTracking().Where(row => row.WebhookId == webhookId).OrderBy(row => row.Id).ToListAsync());

    /// <summary>The only delivery, once it has come so far.</summary>
    public async Task<WebhookDelivery> UntilAsync(Guid webhookId, Func<WebhookDelivery, bool> reached, string what)
    {
        WebhookDelivery? found = null;
        await Until.TrueAsync(async () => (found = (await DeliveriesAsync(webhookId)).Find(row => reached(row))) is not null, what, seconds: 40);
        return found!;
    }

    public Task<WebhookDelivery> UntilAsync(Guid webhookId, DeliveryStatus status) => UntilAsync(webhookId, row => row.Status == status, $"a delivery is {status}");

    public Task<Webhook> WebhookAsync(Guid id) => app.InDatabaseAsync(db => db.Webhooks.AsNoTracking().SingleAsync(row => row.Id == id));

    public async Task<List<JsonElement>> LogAsync(TestUser user, Guid id, string query = "") =>
        [.. (await DoAsync(user, HttpMethod.Get, $"/api/dev/webhooks/{id}/deliveries{query}")).EnumerateArray()];
}

/// <summary>A webhook that a test has made.</summary>
internal sealed record Hook(Guid Id, string Path, string Secret, JsonElement View)
{
    public string Route => $"/api/dev/webhooks/{Id}";
}

/// <summary>One lab per database for the tests of a class.</summary>
public sealed class WebhookLabs : IAsyncLifetime
{
    private readonly PerDatabase<WebhookLab> _labs = new(db => WebhookLab.StartAsync(db));

    internal Task<WebhookLab> GetAsync(Db database) => _labs.GetAsync(database);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _labs.DisposeAsync();
}
