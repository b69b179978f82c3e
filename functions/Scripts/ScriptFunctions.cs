using Microsoft.AspNetCore.Http;
using Platform.Scripts;

namespace Platform.Functions.Scripts;

/// <summary>The caller's saved scripts.</summary>
[Api(Family.Executions)]
public sealed class ScriptFunctions(ScriptQueries scripts, SaveScript save)
{
    private const string All = "api/v1/scripts";
    private const string One = $"{All}/{{scriptId}}";

    /// <summary>Save a script.</summary>
    [Function("Scripts_Create")]
    [Operation(Permissions.ScriptsWrite, Rate.Api, Audit = "script.create", Idempotent = true, Body = typeof(ScriptDraft))]
    public async Task<Result<ScriptView>> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<ScriptDraft>(ct);
        return body.IsOk ? await save.CreateAsync(body.Value, ct) : body.Error;
    }

    /// <summary>List one's scripts, the last changed first.</summary>
    [Function("Scripts_List")]
    [Operation(Permissions.ScriptsRead, Rate.Api)]
    public Task<Result<IReadOnlyList<ScriptView>>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest http, CancellationToken ct) =>
        scripts.ListAsync(ct);

    /// <summary>Read a script.</summary>
    [Function("Scripts_Get")]
    [Operation(Permissions.ScriptsRead, Rate.Api)]
    public Task<Result<ScriptView>> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest http, string scriptId, CancellationToken ct) =>
        scripts.GetAsync(scriptId.ToId(), ct);

    /// <summary>Change a script; optional members that are left out keep their values.</summary>
    [Function("Scripts_Update")]
    [Operation(Permissions.ScriptsWrite, Rate.Api, Audit = "script.update", Body = typeof(ScriptEdit))]
    public async Task<Result<ScriptView>> UpdateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest http, string scriptId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<ScriptEdit>(ct);
        return body.IsOk ? await save.UpdateAsync(scriptId.ToId(), body.Value, ct) : body.Error;
    }

    /// <summary>Delete a script with its versions and its schedule.</summary>
    [Function("Scripts_Delete")]
    [Operation(Permissions.ScriptsWrite, Rate.Api, Success = 204, Audit = "script.delete")]
    public Task<Result<Nothing>> DeleteAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest http, string scriptId, CancellationToken ct) =>
        save.DeleteAsync(scriptId.ToId(), ct);
}
