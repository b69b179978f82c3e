using System.Globalization;
using Microsoft.AspNetCore.Http;
using Platform.Events;
using Platform.Functions.Executions;

namespace Platform.Functions.Events;

[Api(Family.Executions)]
public sealed class StreamFunctions(ExecutionStream stream, NotificationStream notifications, StreamRegistry registry, EventTail tail, TimeProvider clock)
{
    /// <summary>Stream the events of one execution until its result is stored.</summary>
    [Function("Streams_OpenExecution")]
    [Operation(Permissions.EventsRead, Rate.Sse, Stream = true, Query = typeof(StreamQuery))]
    public async Task<IResultValue?> OpenExecutionAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/events/executions/{executionId}")] HttpRequest http, string executionId)
    {
        var query = http.ReadQuery<StreamQuery>();
        if (!query.IsOk)
            return (Result<Nothing>)query.Error;
        if (await stream.ServeAsync(http.Api(), executionId.ToId(), LastId(http, query.Value), query.Value.NamedEvents) is { } refused)
            return (Result<Nothing>)refused;
        return null; // the stream was the answer
    }

    /// <summary>Stream the caller's notifications as they arrive and are read.</summary>
    [Function("Streams_OpenNotifications")]
    [Operation(Permissions.NotificationsRead, Rate.Sse, Stream = true, Query = typeof(StreamQuery))]
    public async Task<IResultValue?> OpenNotificationsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/events/notifications/stream")] HttpRequest http)
    {
        var query = http.ReadQuery<StreamQuery>();
        if (!query.IsOk)
            return (Result<Nothing>)query.Error;
        if (await notifications.ServeAsync(http.Api(), LastId(http, query.Value), query.Value.NamedEvents) is { } refused)
            return (Result<Nothing>)refused;
        return null; // the stream was the answer
    }

    /// <summary>Summarise the stream service.</summary>
    [Function("Streams_GetHealth")]
    [Operation(Permissions.EventsRead, Rate.Api)]
    public Result<StreamHealth> GetHealth([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/events/health")] HttpRequest http) =>
        StreamHealth.Of(registry, tail, clock.GetUtcNow());

    // A malformed id counts as absent.
    private static long? LastId(HttpRequest http, StreamQuery query) =>
        long.TryParse(http.Headers["Last-Event-ID"].FirstOrDefault() ?? query.LastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
