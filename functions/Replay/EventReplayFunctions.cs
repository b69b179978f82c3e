using Microsoft.AspNetCore.Http;
using Platform.Replay;

namespace Platform.Functions.Replay;

/// <summary>Replays of chosen events, for operators.</summary>
[Api(Family.Executions)]
public sealed class EventReplayFunctions(EventReplay replay, ReplayExecutions executions, AggregateReplay aggregates)
{
    /// <summary>Tell which events a replay would take, or make a session of them that starts by itself.</summary>
    [Function("AdminEvents_Replay")]
    [Operation(Permissions.PlatformReplay, Rate.Admin, Audit = "replay.create", Idempotent = true, Body = typeof(EventReplayRequest))]
    public async Task<Result<EventReplayAnswer>> ReplayAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/admin/events/replay")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<EventReplayRequest>(ct);
        return body.IsOk ? await replay.ReplayAsync(body.Value.ToFilter(), body.Value.TargetService, body.Value.DryRun, ct) : body.Error;
    }

    /// <summary>How far a session is, with the executions that it started or that its events tell of.</summary>
    [Function("AdminEvents_ReplayStatus")]
    [Operation(Permissions.PlatformReplay, Rate.Admin)]
    public Task<Result<EventReplayProgress>> StatusAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/admin/events/replay/{sessionId}/status")] HttpRequest http, string sessionId, CancellationToken ct) =>
        executions.ReadAsync(sessionId.ToId(), ct);

    /// <summary>Replay the events of one aggregate at once, or tell which they are.</summary>
    [Function("Events_ReplayAggregate")]
    [Operation(Permissions.PlatformReplay, Rate.Api, Audit = "event.replay", Idempotent = true, Query = typeof(AggregateReplayQuery),
        Response = typeof(AggregatePreview), AlternativeResponse = typeof(AggregateReplayed))]
    public async Task<Result<AggregateAnswer>> ReplayAggregateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/events/replay/{aggregateId}")] HttpRequest http, string aggregateId, CancellationToken ct)
    {
        var query = http.ReadQuery<AggregateReplayQuery>();
        return query.IsOk ? await aggregates.RunAsync(aggregateId, query.Value.TargetService, query.Value.DryRun, ct) : query.Error;
    }
}
