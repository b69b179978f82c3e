using Microsoft.AspNetCore.Http;
using Platform.Executions;

namespace Platform.Functions.Executions;

[Api(Family.Executions)]
public sealed class ExecutionFunctions(
    StartExecution start, CancelExecution cancel, RetryExecution retry, DeleteExecution delete, ExecutionQueries queries, ExecutionWaiter waiter)
{
    /// <summary>Queue a run of a script; with <c>?wait=N</c> or <c>Prefer: wait=N</c> answer with its result when it ends within N seconds.</summary>
    [Function("Executions_Start")]
    [Operation(Permissions.ExecutionsRun, Rate.Execution, Audit = "execution.start", Idempotent = true, Query = typeof(StartQuery), Body = typeof(ExecutionRequest),
        AlternativeResponse = typeof(ExecutionView))]
    public async Task<Result<ExecutionStarted>> StartAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/execute")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<StartQuery>();
        var body = query.IsOk ? await http.ReadBodyAsync<ExecutionRequest>(ct) : query.Error;
        var started = body.IsOk ? await start.StartAsync(body.Value, ct) : body.Error;
        return started.IsOk && http.WaitFor(query.Value) is { Ticks: > 0 } wait ? await waiter.WaitAsync(started.Value.ExecutionId, wait, ct) : started;
    }

    /// <summary>Read an execution's state and result.</summary>
    [Function("Executions_Get")]
    [Operation(Permissions.ExecutionsRead, Rate.Api)]
    public Task<Result<ExecutionView>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/result/{executionId}")] HttpRequest http, string executionId, CancellationToken ct) =>
        queries.GetAsync(executionId.ToId(), ct);

    /// <summary>Ask for an execution's cancellation.</summary>
    [Function("Executions_Cancel")]
    [Operation(Permissions.ExecutionsRun, Rate.Api, Audit = "execution.cancel", Body = typeof(CancelRequest))]
    public async Task<Result<CancelAnswer>> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/{executionId:guid}/cancel")] HttpRequest http, Guid executionId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<CancelRequest>(ct);
        return body.IsOk ? await cancel.CancelAsync(executionId, body.Value.Reason, ct) : body.Error;
    }

    /// <summary>Run the script of an ended execution again, as a new execution.</summary>
    [Function("Executions_Retry")]
    [Operation(Permissions.ExecutionsRun, Rate.Execution, Audit = "execution.retry", Idempotent = true, Body = typeof(RetryRequest))]
    public async Task<Result<ExecutionStarted>> RetryAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/{executionId:guid}/retry")] HttpRequest http, Guid executionId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<RetryRequest>(ct);
        return body.IsOk ? await retry.RetryAsync(executionId, body.Value.PreserveOutput, ct) : body.Error;
    }

    /// <summary>List an execution's stored events, oldest first.</summary>
    [Function("Executions_ListEvents")]
    [Operation(Permissions.ExecutionsRead, Rate.Api, Query = typeof(ExecutionEventFilter))]
    public async Task<Result<IReadOnlyList<ExecutionEventView>>> ListEventsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/executions/{executionId}/events")] HttpRequest http, string executionId, CancellationToken ct)
    {
        var filter = http.ReadQuery<ExecutionEventFilter>();
        return filter.IsOk ? await queries.ListEventsAsync(executionId.ToId(), filter.Value, ct) : filter.Error;
    }

    /// <summary>List the caller's executions, newest first.</summary>
    [Function("Executions_ListOwn")]
    [Operation(Permissions.ExecutionsRead, Rate.Api, Query = typeof(ExecutionFilter))]
    public async Task<Result<ExecutionList>> ListOwnAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/user/executions")] HttpRequest http, CancellationToken ct)
    {
        var filter = http.ReadQuery<ExecutionFilter>();
        return filter.IsOk ? await queries.ListOwnAsync(filter.Value, ct) : filter.Error;
    }

    /// <summary>Delete an execution's record and output; an active one is cancelled first.</summary>
    [Function("Executions_Delete")]
    [Operation(Permissions.PlatformExecutions, Rate.Admin, Audit = "execution.delete")]
    public Task<Result<ExecutionDeleted>> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/v1/{executionId:guid}")] HttpRequest http, Guid executionId, CancellationToken ct) =>
        delete.DeleteAsync(executionId, ct);
}
