using Microsoft.AspNetCore.Http;
using Platform.Events;
using Platform.Executions;

namespace Platform.Functions.Events;

/// <summary>Everybody's events, for operators.</summary>
[Api(Family.Executions)]
public sealed class AdminEventFunctions(
    EventQueries events, EventDetails details, EventFigures figures, ArchiveEvent archive, EventCatalog catalog, ExecutionQueries executions)
{
    /// <summary>Browse the events of all users.</summary>
    [Function("AdminEvents_Browse")]
    [Operation(Permissions.PlatformEvents, Rate.Admin, Body = typeof(BrowseBody))]
    public async Task<Result<EventBrowse>> BrowseAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/admin/events/browse")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<BrowseBody>(ct);
        if (!body.IsOk)
            return body.Error;
        if (catalog.Check(body.Value.Filters.EventTypes ?? [], "body", "filters", "event_types") is { } unknown)
            return unknown;
        return EventBrowse.From(await events.SearchAsync(body.Value.Filters.ToFilter(), body.Value.ToOrder(), body.Value.Skip, body.Value.Limit, ct));
    }

    /// <summary>Count the events of the last hours.</summary>
    [Function("AdminEvents_GetStats")]
    [Operation(Permissions.PlatformEvents, Rate.Admin, Query = typeof(AdminStatsQuery))]
    public async Task<Result<AdminEventStats>> GetStatsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/admin/events/stats")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<AdminStatsQuery>();
        var overview = query.IsOk ? await figures.OverviewAsync(TimeSpan.FromHours(query.Value.Hours), ct) : query.Error;
        return overview.IsOk
            ? AdminEventStats.From(overview.Value, await executions.MeanWallSecondsAsync(overview.Value.From, overview.Value.To, ct))
            : overview.Error;
    }

    /// <summary>Read an event, others of its correlation and the history of its aggregate.</summary>
    [Function("AdminEvents_Get")]
    [Operation(Permissions.PlatformEvents, Rate.Admin)]
    public Task<Result<EventDetail>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/admin/events/{eventId}")] HttpRequest http, string eventId, CancellationToken ct) =>
        details.ReadAsync(eventId.ToId(), ct);

    /// <summary>Delete an event; a copy goes to the archive.</summary>
    [Function("AdminEvents_Delete")]
    [Operation(Permissions.PlatformEvents, Rate.Admin, Audit = "event.delete")]
    public async Task<Result<AdminEventDeleted>> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/admin/events/{eventId}")] HttpRequest http, string eventId, CancellationToken ct)
    {
        var archived = await archive.ArchiveAsync(eventId.ToId(), ct);
        return archived.IsOk ? new AdminEventDeleted(EventDeleted.Done, archived.Value.EventId) : archived.Error;
    }
}
