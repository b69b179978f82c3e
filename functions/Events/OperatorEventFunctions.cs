using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Platform.Events;

namespace Platform.Functions.Events;

/// <summary>What operators do with events among the routes of everybody.</summary>
[Api(Family.Executions)]
public sealed class OperatorEventFunctions(PublishEvent publish, ArchiveEvent archive, EventAggregation aggregation)
{
    /// <summary>Publish an event of the family's own types; commands cannot be published, and whose it is cannot be forged.</summary>
    [Function("Events_Publish")]
    [Operation(Permissions.PlatformEvents, Rate.Api, Audit = "event.publish", Idempotent = true, Body = typeof(EventPublication))]
    public async Task<Result<EventPublished>> PublishAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/events/publish")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<EventPublication>(ct);
        var stored = body.IsOk ? await publish.PublishAsync(body.Value.ToEvent(), ct) : body.Error;
        return stored.IsOk ? EventPublished.From(stored.Value) : stored.Error;
    }

    /// <summary>Run an aggregation pipeline over everybody's events.</summary>
    [Function("Events_Aggregate")]
    [Operation(Permissions.PlatformEvents, Rate.Api, Body = typeof(AggregationBody))]
    public async Task<Result<IReadOnlyList<JsonElement>>> AggregateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/events/aggregate")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<AggregationBody>(ct);
        return body.IsOk ? await aggregation.RunAsync(body.Value.Pipeline, body.Value.Limit, ct) : body.Error;
    }

    /// <summary>Delete an event; a copy goes to the archive.</summary>
    [Function("Events_Delete")]
    [Operation(Permissions.PlatformEvents, Rate.Api, Audit = "event.delete")]
    public async Task<Result<EventDeleted>> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/events/{eventId}")] HttpRequest http, string eventId, CancellationToken ct)
    {
        var archived = await archive.ArchiveAsync(eventId.ToId(), ct);
        return archived.IsOk ? new EventDeleted(EventDeleted.Done, archived.Value.EventId, archived.Value.DeletedAt) : archived.Error;
    }
}
