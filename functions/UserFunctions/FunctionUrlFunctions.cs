using Microsoft.AspNetCore.Http;
using Platform.UserFunctions;

namespace Platform.Functions.UserFunctions;

/// <summary>Which functions have URLs, and who may call these.</summary>
[Api(Family.Delivery)]
public sealed class FunctionUrlFunctions(FunctionQueries functions, ChangeFunctionUrl change)
{
    public const string Root = "fn";

    private const string Url = "api/functions/{functionId}/url";

    /// <summary>Give a function a URL, change who may call it, or make a new key; the key is told this once.</summary>
    [Function("Functions_PublishUrl")]
    [Operation(Permissions.FunctionsUpdate, Rate.Default, ObjectFirst = true, Audit = "function.publish", Body = typeof(FunctionUrlForm))]
    public async Task<Result<FunctionUrlView>> PublishAsync([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Url)] HttpRequest http, string functionId, CancellationToken ct)
    {
        var found = await functions.FindAsync(functionId.ToId(), Permissions.FunctionsUpdate, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<FunctionUrlForm>(ct) : found.Error;
        var changed = body.IsOk ? await change.PublishAsync(found.Value, body.Value.Access, body.Value.NewKey, ct) : body.Error;
        return changed.IsOk ? FunctionUrlView.Of(changed.Value.Function, changed.Value.Key)! : changed.Error;
    }

    /// <summary>Take a function's URL and its key away.</summary>
    [Function("Functions_UnpublishUrl")]
    [Operation(Permissions.FunctionsUpdate, Rate.Default, ObjectFirst = true, Audit = "function.unpublish")]
    public async Task<Result<FunctionView>> UnpublishAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Url)] HttpRequest http, string functionId, CancellationToken ct)
    {
        var found = await functions.FindAsync(functionId.ToId(), Permissions.FunctionsUpdate, ct);
        var changed = found.IsOk ? await change.UnpublishAsync(found.Value, ct) : found.Error;
        return changed.IsOk ? FunctionView.Of(changed.Value.Function) : changed.Error;
    }
}
