using Microsoft.AspNetCore.Http;
using Platform.Executions;

namespace Platform.Functions.Executions;

[Api(Family.Executions)]
public sealed class RuntimeFunctions(RuntimeQueries runtimes)
{
    /// <summary>Show one example script per supported language.</summary>
    [Function("Runtimes_ListExamples")]
    [Operation(Permissions.Public, Rate.Api, Cache = "public, max-age=600")]
    public Result<ExampleScriptList> ListExamples([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/example-scripts")] HttpRequest http) => runtimes.Examples();

    /// <summary>Show the limits of executions and the supported runtimes.</summary>
    [Function("Runtimes_GetLimits")]
    [Operation(Permissions.Public, Rate.Api, Cache = "public, max-age=300")]
    public Task<Result<ExecutionLimitsView>> GetLimitsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/k8s-limits")] HttpRequest http, CancellationToken ct) => runtimes.LimitsAsync(ct);
}
