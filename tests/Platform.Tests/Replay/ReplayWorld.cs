using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Blobs;
using Platform.Data;
using Platform.Events;
using Platform.Executions;
using Platform.Tests.Admin;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;

namespace Platform.Tests.Replay;

/// <summary>Replays as an operator sees them.</summary>
internal sealed class ReplayWorld(PlatformApp app, HttpClient http)
{
    public const string Sessions = "/api/v1/replay/sessions";

    /// <summary>Loopback may be called back, and limits are out of the way.</summary>
    public static (string Key, string Value)[] Settings { get; } =
    [
        ("RateLimit:Limits:api", "1000000"), ("RateLimit:Limits:admin", "1000000"), ("RateLimit:Limits:execution", "1000000"),
        ("Outbound:AllowPrivate", "true"), ("Outbound:AllowHttp", "true"),
        ("Secrets:MasterKey", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
    ];

    public HttpClient Http => http;

    public static async Task<ReplayWorld> OfAsync(PlatformApp app) => new(app, (await app.OperatorAsync()).Client);

    /// <summary>Stores events of one aggregate with these seconds between them.</summary>
    public Task<List<Guid>> StoreAsync(string aggregate, params double[] seconds) => app.InDatabaseAsync(async db =>
    {
        var at = DateTimeOffset.UtcNow;
        List<Guid> ids = [];
        foreach (var gap in seconds)
        {
            at = at.AddSeconds(gap);
            var draft = new EventDraft
            {
                EventType = "execution_queued",
                Topic = ExecutionTopics.Executions,
                AggregateId = aggregate,
                Timestamp = at,
                Payload = $$"""{"execution_id":"{{Guid.CreateVersion7()}}"}""",
            };
            ids.Add(db.Raise(draft).EventId);
        }

        await db.SaveChangesAsync();
        await Until.TrueAsync(() => db.Events.AllAsync(e => e.Sequence != null), "the events are numbered");
        return ids;
    });

    public async Task<Guid> CreateAsync(object body) => (await http.CallAsync(HttpMethod.Post, Sessions, body, HttpStatusCode.OK)).Body.GetProperty("session_id").GetGuid();

    public async Task<Guid> StartedAsync(object body)
    {
        var id = await CreateAsync(body);
        await MoveAsync(id, "start");
        return id;
    }

    public async Task<JsonElement> MoveAsync(Guid id, string verb, HttpStatusCode expected = HttpStatusCode.OK) =>
        (await http.CallAsync(HttpMethod.Post, $"{Sessions}/{id}/{verb}", null, expected)).Body;

    public async Task<JsonElement> GetAsync(Guid id) => (await http.GetAsync($"{Sessions}/{id}", HttpStatusCode.OK)).Body;

    public async Task<JsonElement> ProgressAsync(Guid id) => (await http.GetAsync($"/api/v1/admin/events/replay/{id}/status", HttpStatusCode.OK)).Body;

    public async Task<JsonElement> UntilAsync(Guid id, string status)
    {
        var session = default(JsonElement);
        await Until.TrueAsync(async () => (session = await GetAsync(id)).GetProperty("status").GetString() == status, $"the session is {status}", seconds: 60);
        return session;
    }

    public Task UntilReplayedAsync(Guid id, int count) =>
        Until.TrueAsync(async () => (await GetAsync(id)).GetProperty("replayed_events").GetInt32() >= count, $"{count} events are replayed", seconds: 60);

    /// <summary>Ids of the originals of what a session has put on the bus, in its order.</summary>
    public Task<List<Guid>> RepeatedAsync(JsonElement session)
    {
        var correlation = session.GetProperty("correlation_id").GetString();
        return app.InDatabaseAsync(db => db.Events.Where(e => e.CorrelationId == correlation && e.ReplayOf != null).OrderBy(e => e.RowId).Select(e => e.ReplayOf!.Value).ToListAsync());
    }

    public async Task<List<JsonElement>> LinesAsync(Guid id)
    {
        await using var content = await app.Services.GetRequiredService<IBlobStore>().OpenReadAsync($"replays/{id}/events.jsonl", default);
        return await ReplayLines.ReadAsync(content!);
    }
}

public sealed class ReplaySqliteApp : SqliteApp
{
    protected override (string Key, string Value)[] Settings => ReplayWorld.Settings;
}

public sealed class ReplayPostgresApp : PostgresApp
{
    protected override (string Key, string Value)[] Settings => ReplayWorld.Settings;
}
