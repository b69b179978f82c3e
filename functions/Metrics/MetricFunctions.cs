using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Platform.Functions.Http;
using Platform.Metrics;
using Platform.Organizations;

namespace Platform.Functions.Metrics;

/// <summary>Measurements of a project and their statistics.</summary>
[Api(Family.Delivery)]
public sealed class MetricFunctions(
    RecordMetrics record, MetricQueries queries, AggregateMetrics aggregates, RequestedProject project, ReportCache reports, Caller caller, TimeProvider clock)
{
    private const int MostPoints = 1000;

    /// <summary>Record one point.</summary>
    [Function("Metrics_Record")]
    [Operation(Permissions.MetricsWrite, Rate.Ingest, Success = 201, ObjectFirst = true, Idempotent = true, Body = typeof(MetricRequest))]
    public async Task<Result<MetricPointView>> RecordAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/analytics/metrics")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<MetricRequest>(ct);
        var place = await project.EnterAsync(body.IsOk ? body.Value.ProjectId : null, Permissions.MetricsWrite, ct);
        if (!place.IsOk || !body.IsOk)
            return (place.Error ?? body.Error)!;
        return (await record.RecordAsync(place.Value, [body.Value.ToDraft()], stored => stored[0].Value, ct))[0];
    }

    /// <summary>Record up to 1000 points, each checked by itself.</summary>
    [Function("Metrics_RecordBatch")]
    [Operation(Permissions.MetricsWrite, Rate.Ingest, Success = 201, ObjectFirst = true, Idempotent = true, Body = typeof(MetricBatch))]
    public async Task<Result<MetricBatchAnswer>> RecordBatchAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/analytics/batch-metrics")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<MetricBatch>(ct);
        var place = await project.EnterAsync(body.IsOk ? body.Value.ProjectId : null, Permissions.MetricsWrite, ct);
        if (!place.IsOk || !body.IsOk)
            return (place.Error ?? body.Error)!;
        if (body.Value.Metrics is not { Count: > 0 and <= MostPoints } items)
            return Error.Invalid(Problem.Body("metrics", $"Input should be a list of 1 to {MostPoints} points", "value_error"));
        var answer = await RecordEachAsync(place.Value, items, ct);
        return answer.Accepted > 0 ? answer : answer.ToError();
    }

    /// <summary>List recorded points of a name or type.</summary>
    [Function("Metrics_List")]
    [Operation(Permissions.MetricsRead, Rate.Default, ObjectFirst = true, Query = typeof(MetricListQuery), Response = typeof(IReadOnlyList<MetricPointView>))]
    public async Task<object> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/analytics/metrics")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<MetricListQuery>();
        var place = await project.EnterOneOrAllAsync(query.IsOk ? query.Value.ProjectId : null, Permissions.MetricsRead, ct);
        if (!place.IsOk || !query.IsOk)
            return (Result<Nothing>)(place.Error ?? query.Error)!;
        var wanted = query.Value;
        var range = TimeWords.ToRange(wanted.From, wanted.To, wanted.Period, clock.GetUtcNow());
        return range.IsOk
            ? await reports.AnswerAsync(
                http, (caller.OrganizationId, place.Value), wanted, () => queries.ListAsync(wanted.ToFilter(place.Value), range.Value, wanted.Order, wanted.Limit, wanted.Offset, ct))
            : (Result<Nothing>)range.Error;
    }

    /// <summary>Work out statistics of a range, by time bucket and group.</summary>
    [Function("Metrics_Aggregate")]
    [Operation(Permissions.MetricsRead, Rate.Default, ObjectFirst = true, Query = typeof(AggregateRequest), Response = typeof(AggregateReport))]
    public async Task<object> AggregateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/analytics/aggregates")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<AggregateRequest>();
        var place = await project.EnterAsync(query.IsOk ? query.Value.ProjectId : null, Permissions.MetricsRead, ct);
        if (!place.IsOk || !query.IsOk)
            return (Result<Nothing>)(place.Error ?? query.Error)!;
        var range = TimeWords.ToRange(query.Value.From, query.Value.To, query.Value.Period, clock.GetUtcNow());
        return range.IsOk
            ? await reports.AnswerAsync(http, (caller.OrganizationId, place.Value), query.Value, () => aggregates.RunAsync(query.Value.ToQuery(place.Value, range.Value), ct))
            : (Result<Nothing>)range.Error;
    }

    private async Task<MetricBatchAnswer> RecordEachAsync(Guid projectId, IReadOnlyList<JsonElement> items, CancellationToken ct)
    {
        var read = items.Select(MetricItems.Read).ToList();
        MetricBatchAnswer answer = MetricBatchAnswer.Of([]);
        var recorded = await record.RecordAsync(
            projectId, [.. read.Where(item => item.IsOk).Select(item => item.Value.ToDraft())], stored => answer = MetricItems.Join(read, stored), ct);
        return recorded.Any(outcome => outcome.IsOk) ? answer : MetricItems.Join(read, recorded);
    }
}
