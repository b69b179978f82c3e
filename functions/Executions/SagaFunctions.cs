using Microsoft.AspNetCore.Http;
using Platform.Executions;

namespace Platform.Functions.Executions;

[Api(Family.Executions)]
public sealed class SagaFunctions(SagaQueries sagas, CancelSaga cancel)
{
    /// <summary>List the caller's sagas, newest first; operators see all.</summary>
    [Function("Sagas_List")]
    [Operation(Permissions.SagasRead, Rate.Api, Query = typeof(SagaFilter))]
    public async Task<Result<SagaList>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/sagas")] HttpRequest http, CancellationToken ct)
    {
        var filter = http.ReadQuery<SagaFilter>();
        return filter.IsOk ? await sagas.ListAsync(filter.Value, ct) : filter.Error;
    }

    /// <summary>Read one saga.</summary>
    [Function("Sagas_Get")]
    [Operation(Permissions.SagasRead, Rate.Api)]
    public Task<Result<SagaView>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/sagas/{sagaId}")] HttpRequest http, string sagaId, CancellationToken ct) =>
        sagas.GetAsync(sagaId.ToId(), ct);

    /// <summary>List the sagas of an execution.</summary>
    [Function("Sagas_ListOfExecution")]
    [Operation(Permissions.SagasRead, Rate.Api, Query = typeof(SagaFilter))]
    public async Task<Result<SagaList>> ListOfExecutionAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/sagas/execution/{executionId}")] HttpRequest http, string executionId, CancellationToken ct)
    {
        var filter = http.ReadQuery<SagaFilter>();
        return filter.IsOk ? await sagas.ListOfExecutionAsync(executionId.ToId(), filter.Value, ct) : filter.Error;
    }

    /// <summary>Cancel a saga: its finished steps are undone and its execution ends as cancelled.</summary>
    [Function("Sagas_Cancel")]
    [Operation(Permissions.SagasCancel, Rate.Api, Audit = "saga.cancel")]
    public Task<Result<SagaCancelAnswer>> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/sagas/{sagaId}/cancel")] HttpRequest http, string sagaId, CancellationToken ct) =>
        cancel.CancelAsync(sagaId.ToId(), ct);
}
