using Microsoft.AspNetCore.Http;

using Platform.Functions.Http;
using Platform.Identity;
using Platform.RateLimits;

namespace Platform.Tests.Identity.Tokens;

public sealed record CallerFacts(Guid? UserId, Guid? OrganizationId, Guid? ProjectId, Guid? TokenId, string? Username, bool IsOperator, IReadOnlyList<string> Permissions)
{
    public static CallerFacts Of(Caller caller) =>
        new(caller.UserId, caller.OrganizationId, caller.ProjectId, caller.TokenId, caller.Username, caller.IsOperator, caller.Permissions.Names);
}

[Api(Family.Executions)]
public sealed class ExecutionsTokenProbes(Caller caller)
{
    [Function("TokenProbe_Executions")]
    [Operation(Permissions.ExecutionsRead, Rate.Api)]
    public Result<CallerFacts> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/token-probe")] HttpRequest http) => CallerFacts.Of(caller);

    [Function("TokenProbe_Public")]
    [Operation(Permissions.Public, Rate.None)]
    public Result<CallerFacts> Public([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/token-probe/public")] HttpRequest http) => CallerFacts.Of(caller);

    [Function("TokenProbe_Admin")]
    [Operation(Permissions.PlatformStats, Rate.Admin)]
    public Result<CallerFacts> Admin([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/token-probe/admin")] HttpRequest http) => CallerFacts.Of(caller);

    [Function("TokenProbe_Session")]
    [Operation(Permissions.ExecutionsRead, Rate.Api, Auth = Auth.SessionOnly)]
    public Result<CallerFacts> Session([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/token-probe/session")] HttpRequest http) => CallerFacts.Of(caller);
}

[Api(Family.Delivery)]
public sealed class DeliveryTokenProbes(Caller caller)
{
    [Function("TokenProbe_Delivery")]
    [Operation(Permissions.BuildsRead, Rate.Default)]
    public Result<CallerFacts> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/builds/token-probe")] HttpRequest http) => CallerFacts.Of(caller);
}

[Api(Family.Checks)]
public sealed class ChecksTokenProbes(Caller caller)
{
    [Function("TokenProbe_Checks")]
    [Operation(Permissions.TestsRead, Rate.Default)]
    public Result<CallerFacts> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tests/token-probe")] HttpRequest http) => CallerFacts.Of(caller);

    [Function("TokenProbe_Decrypt")]
    [Operation(Permissions.VariablesDecrypt, Rate.Default)]
    public Result<CallerFacts> Decrypt([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tests/token-probe/decrypt")] HttpRequest http) => CallerFacts.Of(caller);

    [Function("TokenProbe_Job")]
    [Operation(Permissions.JobsTrigger, Rate.Default, Auth = Auth.JobKey)]
    public Result<CallerFacts> Job([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/jobs/{jobId}/token-probe")] HttpRequest http, string jobId) => CallerFacts.Of(caller);
}

[Api(Family.Agents)]
public sealed class AgentsTokenProbes(Caller caller)
{
    [Function("TokenProbe_Agents")]
    [Operation(Permissions.TasksRead, Rate.Default)]
    public Result<CallerFacts> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tasks/token-probe")] HttpRequest http) => CallerFacts.Of(caller);

    [Function("TokenProbe_Bearer")]
    [Operation(Permissions.TasksRead, Rate.Default, Auth = Auth.BearerOnly)]
    public Result<CallerFacts> Bearer([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/mcp/token-probe")] HttpRequest http) => CallerFacts.Of(caller);
}

[Api(Family.Inference)]
public sealed class InferenceTokenProbes(Caller caller)
{
    [Function("TokenProbe_Inference")]
    [Operation(Permissions.InferenceRead, Rate.Default)]
    public Result<CallerFacts> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "models/token-probe")] HttpRequest http) => CallerFacts.Of(caller);

    [Function("TokenProbe_Gateway")]
    [Operation(Permissions.InferenceInvoke, Rate.Gateway, Auth = Auth.ApiKeyOrUser)]
    public Result<CallerFacts> Gateway([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/token-probe")] HttpRequest http) => CallerFacts.Of(caller);

    [Function("TokenProbe_Workbench")]
    [Operation(Permissions.WorkbenchRead, Rate.Default, Auth = Auth.ApiKeyOrUser)]
    public Result<CallerFacts> Workbench([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "workbench/token-probe")] HttpRequest http) => CallerFacts.Of(caller);

    [Function("TokenProbe_WorkbenchSession")]
    [Operation(Permissions.WorkbenchRead, Rate.Default, Auth = Auth.SessionOnly)]
    public Result<CallerFacts> WorkbenchSession([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "workbench/token-probe/session")] HttpRequest http) => CallerFacts.Of(caller);
}
