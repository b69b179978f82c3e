using Microsoft.AspNetCore.Http;
using Platform.UserFunctions;

namespace Platform.Functions.UserFunctions;

/// <summary>Functions of projects. What is named is looked for before permission and body are checked.</summary>
[Api(Family.Delivery)]
public sealed class UserFunctionFunctions(
    FunctionQueries functions, CreateFunction create, ChangeFunction change, ToggleFunction toggle, DeleteFunction delete, FunctionDetail detail)
{
    private const string OfProject = "api/functions/project/{projectId}";
    private const string One = "api/functions/{functionId}";

    /// <summary>Create a function with its code; its first version is deployed in the background unless <c>deploy</c> is false.</summary>
    [Function("Functions_Create")]
    [Operation(Permissions.FunctionsCreate, Rate.Default, Success = 201, ObjectFirst = true, Idempotent = true, Audit = "function.create", Body = typeof(NewFunction),
        Upload = typeof(FunctionUpload), UploadPart = FunctionRequests.Part, UploadLimit = FunctionRequests.UploadLimit)]
    public async Task<Result<FunctionView>> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = OfProject)] HttpRequest http, string projectId, CancellationToken ct)
    {
        var project = await functions.FindProjectAsync(Permissions.FunctionsCreate, ct);
        if (!project.IsOk)
            return project.Error;
        var body = http.IsMultipart() ? FunctionRequests.Uploaded<NewFunction>(await http.ReadUploadAsync<FunctionUpload>(ct)) : FunctionRequests.Plain(await http.ReadBodyAsync<NewFunction>(ct));
        var created = body.IsOk ? await create.CreateAsync(project.Value, body.Value.Body, body.Value.Archive, function => FunctionView.Of(function), ct) : body.Error;
        return created.IsOk ? FunctionView.Of(created.Value) : created.Error;
    }

    /// <summary>List the functions of a project.</summary>
    [Function("Functions_List")]
    [Operation(Permissions.FunctionsRead, Rate.Default, ObjectFirst = true, Query = typeof(FunctionFilter))]
    public async Task<Result<Page<FunctionView>>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = OfProject)] HttpRequest http, string projectId, CancellationToken ct)
    {
        var project = await functions.FindProjectAsync(Permissions.FunctionsRead, ct);
        var filter = project.IsOk ? http.ReadQuery<FunctionFilter>() : project.Error;
        return filter.IsOk ? await detail.ListAsync(project.Value.Id, filter.Value, ct) : filter.Error;
    }

    /// <summary>Read a function with its versions, deployments and workers.</summary>
    [Function("Functions_Get")]
    [Operation(Permissions.FunctionsRead, Rate.Default, ObjectFirst = true, Query = typeof(FunctionDetailQuery))]
    public async Task<Result<FunctionView>> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest http, string functionId, CancellationToken ct)
    {
        var found = await functions.FindAsync(functionId.ToId(), Permissions.FunctionsRead, ct);
        var query = found.IsOk ? http.ReadQuery<FunctionDetailQuery>() : found.Error;
        return query.IsOk ? await detail.ReadAsync(found.Value, withCode: query.Value.Include is not null, ct) : query.Error;
    }

    /// <summary>Change a function's settings.</summary>
    [Function("Functions_Update")]
    [Operation(Permissions.FunctionsUpdate, Rate.Default, ObjectFirst = true, Audit = "function.update", Body = typeof(FunctionChange))]
    public async Task<Result<FunctionView>> UpdateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = One)] HttpRequest http, string functionId, CancellationToken ct)
    {
        var found = await functions.FindAsync(functionId.ToId(), Permissions.FunctionsUpdate, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<FunctionChange>(ct) : found.Error;
        var changed = body.IsOk ? await change.ChangeAsync(found.Value, body.Value, ct) : body.Error;
        return changed.IsOk ? FunctionView.Of(changed.Value) : changed.Error;
    }

    /// <summary>Delete a function with its versions; what runs may end within 10 seconds.</summary>
    [Function("Functions_Delete")]
    [Operation(Permissions.FunctionsDelete, Rate.Default, ObjectFirst = true, Audit = "function.delete", Query = typeof(FunctionRemoval))]
    public async Task<Result<FunctionDeletedView>> DeleteAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest http, string functionId, CancellationToken ct)
    {
        var found = await functions.FindAsync(functionId.ToId(), Permissions.FunctionsDelete, ct);
        var query = found.IsOk ? http.ReadQuery<FunctionRemoval>() : found.Error;
        var deleted = query.IsOk ? await delete.DeleteAsync(found.Value, query.Value.Force, ct) : query.Error;
        return deleted.IsOk ? new FunctionDeletedView(found.Value.Id, Deleted: true) : deleted.Error;
    }

    /// <summary>Switch a function on or off.</summary>
    [Function("Functions_Toggle")]
    [Operation(Permissions.FunctionsUpdate, Rate.Default, ObjectFirst = true, Audit = "function.toggle", Body = typeof(FunctionToggle))]
    public async Task<Result<FunctionView>> ToggleAsync([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = $"{One}/toggle")] HttpRequest http, string functionId, CancellationToken ct)
    {
        var found = await functions.FindAsync(functionId.ToId(), Permissions.FunctionsUpdate, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<FunctionToggle>(ct) : found.Error;
        var toggled = body.IsOk ? await toggle.ToggleAsync(found.Value, body.Value.Enabled, ct) : body.Error;
        return toggled.IsOk ? FunctionView.Of(toggled.Value) : toggled.Error;
    }
}
