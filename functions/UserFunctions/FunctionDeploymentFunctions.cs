using Microsoft.AspNetCore.Http;
using Platform.UserFunctions;

namespace Platform.Functions.UserFunctions;

/// <summary>Code of functions and its deployments.</summary>
[Api(Family.Delivery)]
public sealed class FunctionDeploymentFunctions(FunctionQueries functions, FunctionRuntimes runtimes, ChangeCode change, StartDeployment start)
{
    private const string One = "api/functions/{functionId}";

    /// <summary>List the runtimes of this installation.</summary>
    [Function("Functions_ListRuntimes")]
    [Operation(Permissions.FunctionsRead, Rate.Default)]
    public async Task<Result<IReadOnlyList<RuntimeView>>> ListRuntimesAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/functions/runtimes")] HttpRequest http, CancellationToken ct) =>
        (await runtimes.AllAsync(ct)).Select(RuntimeView.Of).ToList();

    /// <summary>Give a function new code: another version, unless it is the same as the newest.</summary>
    [Function("Functions_ChangeCode")]
    [Operation(Permissions.FunctionsUpdate, Rate.Default, ObjectFirst = true, Audit = "function.code", Body = typeof(NewCode),
        Upload = typeof(FunctionUpload), UploadPart = FunctionRequests.Part, UploadLimit = FunctionRequests.UploadLimit)]
    public async Task<Result<CodeView>> ChangeCodeAsync([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = $"{One}/code")] HttpRequest http, string functionId, CancellationToken ct)
    {
        var found = await functions.FindAsync(functionId.ToId(), Permissions.FunctionsUpdate, ct);
        if (!found.IsOk)
            return found.Error;
        var body = http.IsMultipart() ? FunctionRequests.Uploaded<NewCode>(await http.ReadUploadAsync<FunctionUpload>(ct)) : FunctionRequests.Plain(await http.ReadBodyAsync<NewCode>(ct));
        var changed = body.IsOk ? await change.ChangeAsync(found.Value, body.Value.Body, body.Value.Archive, ct) : body.Error;
        return changed.IsOk ? CodeView.Of(changed.Value) : changed.Error;
    }

    /// <summary>Bring a version into use; an older one than the active is a rollback. It is done in the background.</summary>
    [Function("Functions_Deploy")]
    [Operation(Permissions.FunctionsDeploy, Rate.Default, Success = 201, ObjectFirst = true, Idempotent = true, Audit = "function.deploy", Body = typeof(NewDeployment))]
    public async Task<Result<DeploymentView>> DeployAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{One}/deploy")] HttpRequest http, string functionId, CancellationToken ct)
    {
        var found = await functions.FindAsync(functionId.ToId(), Permissions.FunctionsDeploy, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<NewDeployment>(ct) : found.Error;
        var started = body.IsOk ? await start.StartAsync(found.Value, body.Value, DeploymentView.Of, ct) : body.Error;
        return started.IsOk ? DeploymentView.Of(started.Value) : started.Error;
    }

    /// <summary>Read a deployment with its steps and what the package managers or the compiler printed.</summary>
    [Function("Functions_GetDeployment")]
    [Operation(Permissions.FunctionsRead, Rate.Default, ObjectFirst = true)]
    public async Task<Result<DeploymentView>> GetDeploymentAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{One}/deployments/{{deploymentId}}")] HttpRequest http, string functionId, string deploymentId, CancellationToken ct)
    {
        var found = await functions.FindAsync(functionId.ToId(), Permissions.FunctionsRead, ct);
        if (!found.IsOk)
            return found.Error;
        return await functions.DeploymentAsync(found.Value.Id, deploymentId.ToId(), ct) is { } deployment
            ? DeploymentView.Of(deployment) with { PackageLog = deployment.PackageLog ?? "" }
            : FunctionErrors.DeploymentNotFound;
    }
}
