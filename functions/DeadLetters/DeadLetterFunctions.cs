using Microsoft.AspNetCore.Http;
using Platform.Audit;
using Platform.DeadLetters;

namespace Platform.Functions.DeadLetters;

/// <summary>Events that a consumer could not handle: those of the caller, for operators all.</summary>
[Api(Family.Executions)]
public sealed class DeadLetterFunctions(DeadLetterQueries queries, RetryDeadLetters retries, DiscardDeadLetters discards, SetDeadLetterPolicy policies, AuditTrail audit)
{
    /// <summary>Count dead letters by state, topic, event type and age.</summary>
    [Function("DeadLetters_Count")]
    [Operation(Permissions.DlqRead, Rate.Api)]
    public Task<Result<DeadLetterStatistics>> CountAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/dlq/stats")] HttpRequest http, CancellationToken ct) => queries.CountAsync(ct);

    /// <summary>List dead letters, newest failure first.</summary>
    [Function("DeadLetters_List")]
    [Operation(Permissions.DlqRead, Rate.Api, Query = typeof(DeadLetterFilter))]
    public async Task<Result<DeadLetterList>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/dlq/messages")] HttpRequest http, CancellationToken ct)
    {
        var filter = http.ReadQuery<DeadLetterFilter>();
        return filter.IsOk ? await queries.ListAsync(filter.Value, ct) : filter.Error;
    }

    /// <summary>Read a dead letter with its event.</summary>
    [Function("DeadLetters_Get")]
    [Operation(Permissions.DlqRead, Rate.Api)]
    public Task<Result<DeadLetterRecord>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/dlq/messages/{eventId}")] HttpRequest http, string eventId, CancellationToken ct) =>
        queries.GetAsync(eventId.ToId(), ct);

    /// <summary>Put dead letters back on their way now, each to the consumer that failed.</summary>
    [Function("DeadLetters_Retry")]
    [Operation(Permissions.DlqManage, Rate.Api, Audit = "dlq.retry", Body = typeof(RetryBatch), Idempotent = true)]
    public async Task<Result<RetryOutcome>> RetryAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/dlq/retry")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<RetryBatch>(ct);
        if (!body.IsOk)
            return body.Error;
        List<string> ids = [.. body.Value.EventIds.Distinct(StringComparer.OrdinalIgnoreCase)];
        audit.Note("event_ids", ids);
        List<RetryDetail> details = [];
        foreach (var id in ids)
            details.Add(RetryDetail.Of(id, await retries.RetryAsync(id.ToId(), ct)));
        var successful = details.Count(detail => detail.Error is null);
        return new RetryOutcome(details.Count, successful, details.Count - successful, details);
    }

    /// <summary>Set how dead letters of a topic are retried: an operator for the platform, others for their organization. It holds for failures from now on.</summary>
    [Function("DeadLetters_SetPolicy")]
    [Operation(Permissions.DlqPolicy, Rate.Api, Audit = "dlq.policy_set", Body = typeof(RetryPolicyBody))]
    public async Task<Result<DeadLetterMessage>> SetPolicyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/dlq/retry-policy")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<RetryPolicyBody>(ct);
        if (!body.IsOk)
            return body.Error;
        var set = await policies.SetAsync(body.Value.Topic, body.Value.ToPolicy(), ct);
        return set.IsOk ? new DeadLetterMessage($"Retry policy set for topic {set.Value}") : set.Error;
    }

    /// <summary>Give a dead letter up.</summary>
    [Function("DeadLetters_Discard")]
    [Operation(Permissions.DlqManage, Rate.Api, Audit = "dlq.discard", Query = typeof(DiscardQuery))]
    public async Task<Result<DeadLetterMessage>> DiscardAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/dlq/messages/{eventId}")] HttpRequest http, string eventId, CancellationToken ct)
    {
        var query = http.ReadQuery<DiscardQuery>();
        if (!query.IsOk)
            return query.Error;
        var discarded = await discards.DiscardAsync(eventId.ToId(), query.Value.Reason, ct);
        return discarded.IsOk ? new DeadLetterMessage($"Message {eventId} discarded") : discarded.Error;
    }

    /// <summary>Summarize dead letters per topic, the largest first.</summary>
    [Function("DeadLetters_ListTopics")]
    [Operation(Permissions.DlqRead, Rate.Api)]
    public Task<Result<IReadOnlyList<TopicSummary>>> ListTopicsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/dlq/topics")] HttpRequest http, CancellationToken ct) => queries.ListTopicsAsync(ct);
}
