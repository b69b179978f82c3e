using Microsoft.AspNetCore.Http;
using Platform.Events;

namespace Platform.Functions.Events;

/// <summary>Counts of events.</summary>
[Api(Family.Executions)]
public sealed class EventFigureFunctions(EventFigures figures)
{
    /// <summary>Count the caller's events by type, service and hour.</summary>
    [Function("Events_GetStatistics")]
    [Operation(Permissions.EventsRead, Rate.Api, Query = typeof(StatisticsQuery))]
    public async Task<Result<EventStatistics>> GetStatisticsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/events/statistics")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<StatisticsQuery>();
        return query.IsOk ? await figures.CountAsync(query.Value.StartTime, query.Value.EndTime, query.Value.IncludeAllUsers, ct) : query.Error;
    }

    /// <summary>List the types of the events that the caller sees, sorted.</summary>
    [Function("Events_ListTypes")]
    [Operation(Permissions.EventsRead, Rate.Api)]
    public Task<Result<IReadOnlyList<string>>> ListTypesAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/events/types")] HttpRequest http, CancellationToken ct) => figures.TypesAsync(ct);
}
