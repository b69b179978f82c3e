using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Tests.Admin;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Events;

/// <summary>What tests of stored events do again and again.</summary>
internal static class EventLab
{
    public const string Route = "/api/v1/events";
    public const string AdminRoute = "/api/v1/admin/events";

    /// <summary>An event as a service would have stored it, of a type whose payload nobody reads.</summary>
    public static EventDraft Draft(Guid? userId, string type = "execution_accepted", string? aggregate = null, string payload = "{}", string? correlation = null, string service = "execution-service", DateTimeOffset? at = null) => new()
    {
        EventType = type,
        Topic = "execution_events",
        UserId = userId,
        AggregateId = aggregate,
        Payload = payload,
        CorrelationId = correlation,
        ServiceName = service,
        Timestamp = at,
    };

    /// <summary>Stores the events in their order, all numbered when it returns.</summary>
    public static async Task<List<Guid>> StoreAsync(this PlatformApp app, params IEnumerable<EventDraft> drafts)
    {
        await using var scope = app.As(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var ids = drafts.Select(draft => db.Raise(draft).EventId).ToList();
        await db.SaveChangesAsync();
        await Until.TrueAsync(() => db.Events.AllAsync(stored => !ids.Contains(stored.EventId) || stored.Sequence != null), "the events are numbered");
        return ids;
    }

    public static async Task<JsonElement> ReadAsync(this HttpClient client, string path) => (await client.GetAsync(path, HttpStatusCode.OK)).Body;

    public static async Task<JsonElement> PostAsync(this HttpClient client, string path, object body, HttpStatusCode expected = HttpStatusCode.OK) =>
        (await client.CallAsync(HttpMethod.Post, path, body, expected)).Body;

    public static List<Guid> Ids(this JsonElement list) => [.. list.GetProperty("events").EnumerateArray().Select(stored => stored.GetProperty("event_id").GetGuid())];

    public static int Total(this JsonElement list) => list.GetProperty("total").GetInt32();
}
