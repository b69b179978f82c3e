using Microsoft.AspNetCore.Http;
using Platform.Events;
using Platform.Executions;

namespace Platform.Functions.Events;

/// <summary>Stored events for whom they concern.</summary>
[Api(Family.Executions)]
public sealed class EventFunctions(EventQueries events, EventVisibility visibility, EventCatalog catalog, ExecutionQueries executions)
{
    /// <summary>List all that happened to an execution, oldest first.</summary>
    [Function("Events_ListOfExecution")]
    [Operation(Permissions.EventsRead, Rate.Api, Query = typeof(ExecutionEventsQuery))]
    public async Task<Result<EventList>> ListOfExecutionAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/events/executions/{executionId}/events")] HttpRequest http, string executionId, CancellationToken ct)
    {
        var query = http.ReadQuery<ExecutionEventsQuery>();
        if (!query.IsOk)
            return query.Error;
        var id = executionId.ToId();
        if (await executions.FindStatusAsync(id, ct) is null)
            return ExecutionErrors.NotFound;
        return EventList.From(await events.ListOfAggregateAsync(id.ToString(), query.Value.IncludeSystemEvents, query.Value.Skip, query.Value.Limit, ct), visibility);
    }

    /// <summary>List the caller's own events, newest first.</summary>
    [Function("Events_ListOwn")]
    [Operation(Permissions.EventsRead, Rate.Api, Query = typeof(OwnEventsQuery))]
    public async Task<Result<EventList>> ListOwnAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/events/user")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<OwnEventsQuery>();
        if (!query.IsOk)
            return query.Error;
        if (catalog.Check(query.Value.EventTypes, "query", "event_types") is { } unknown)
            return unknown;
        return EventList.From(await events.ListOwnAsync(query.Value.ToFilter(), query.Value.SortOrder == SortOrder.Desc, query.Value.Skip, query.Value.Limit, ct));
    }

    /// <summary>Search events: the caller's own, with the id of an execution of his all of it; operators search everybody's.</summary>
    [Function("Events_Query")]
    [Operation(Permissions.EventsRead, Rate.Api, Body = typeof(EventSearch))]
    public async Task<Result<EventList>> QueryAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/events/query")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<EventSearch>(ct);
        if (!body.IsOk)
            return body.Error;
        if (catalog.Check(body.Value.EventTypes ?? [], "body", "event_types") is { } unknown)
            return unknown;
        return EventList.From(await events.SearchAsync(body.Value.ToFilter(), body.Value.ToOrder(), body.Value.Skip, body.Value.Limit, ct), visibility);
    }

    /// <summary>List what a request or chain of requests caused, oldest first.</summary>
    [Function("Events_ListOfCorrelation")]
    [Operation(Permissions.EventsRead, Rate.Api, Query = typeof(CorrelationQuery))]
    public async Task<Result<EventList>> ListOfCorrelationAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/events/correlation/{correlationId}")] HttpRequest http, string correlationId, CancellationToken ct)
    {
        var query = http.ReadQuery<CorrelationQuery>();
        return query.IsOk
            ? EventList.From(await events.ListOfCorrelationAsync(correlationId, query.Value.IncludeAllUsers, query.Value.Limit, ct), visibility)
            : query.Error;
    }

    /// <summary>List what the requests with this request's <c>X-Correlation-ID</c> caused, oldest first.</summary>
    [Function("Events_ListOfRequest")]
    [Operation(Permissions.EventsRead, Rate.Api, Query = typeof(CurrentRequestQuery))]
    public async Task<Result<EventList>> ListOfRequestAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/events/current-request")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<CurrentRequestQuery>();
        return query.IsOk
            ? EventList.From(await events.ListOfCorrelationAsync(http.Api().CorrelationId, allUsers: false, query.Value.Limit, ct), visibility)
            : query.Error;
    }

    /// <summary>Read one event.</summary>
    [Function("Events_Get")]
    [Operation(Permissions.EventsRead, Rate.Api)]
    public Task<Result<EventView>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/events/{eventId}")] HttpRequest http, string eventId, CancellationToken ct) =>
        events.GetAsync(eventId.ToId(), ct);
}
