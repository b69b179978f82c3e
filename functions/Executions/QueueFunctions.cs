using Microsoft.AspNetCore.Http;
using Platform.Executions;

namespace Platform.Functions.Executions;

/// <summary>The queue of executions, for operators.</summary>
[Api(Family.Executions)]
public sealed class QueueFunctions(QueueQueries queue, PrioritizeExecution prioritize)
{
    /// <summary>List the executions of all tenants that run or wait, in the order in which they are served, with the depth of each band.</summary>
    [Function("AdminQueue_List")]
    [Operation(Permissions.PlatformQueues, Rate.Admin, Query = typeof(QueueFilter))]
    public async Task<Result<QueuePage>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/admin/queue")] HttpRequest http, CancellationToken ct)
    {
        var filter = http.ReadQuery<QueueFilter>();
        return filter.IsOk ? await queue.ListAsync(filter.Value, ct) : filter.Error;
    }

    /// <summary>Change the priority of an execution that waits for a slot.</summary>
    [Function("AdminQueue_Prioritize")]
    [Operation(Permissions.PlatformQueues, Rate.Admin, Audit = "execution.prioritize", Body = typeof(PriorityChange))]
    public async Task<Result<QueueEntry>> PrioritizeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/v1/admin/queue/{executionId}/priority")] HttpRequest http, string executionId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<PriorityChange>(ct);
        return body.IsOk ? await prioritize.ChangeAsync(executionId.ToId(), body.Value.Priority!.Value, body.Value.Reason, ct) : body.Error;
    }
}
