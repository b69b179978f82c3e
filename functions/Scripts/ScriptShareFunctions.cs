using Microsoft.AspNetCore.Http;
using Platform.Scripts;

namespace Platform.Functions.Scripts;

/// <summary>Links by which others read a script.</summary>
[Api(Family.Executions)]
public sealed class ScriptShareFunctions(ShareScript shares)
{
    private const string All = "api/v1/scripts/{scriptId}/shares";

    /// <summary>Make a link by which anybody reads the script as it is now; its token is shown this once.</summary>
    [Function("ScriptShares_Create")]
    [Operation(Permissions.ScriptsWrite, Rate.Api, Audit = "script.share", Idempotent = true, Body = typeof(ScriptShareRequest), Impersonating = Impersonating.Refused)]
    public async Task<Result<ScriptShareView>> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest http, string scriptId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<ScriptShareRequest>(ct);
        return body.IsOk ? await shares.ShareAsync(scriptId.ToId(), TimeSpan.FromDays(body.Value.ExpiresInDays), ct) : body.Error;
    }

    /// <summary>List the links of a script that are good, the newest first.</summary>
    [Function("ScriptShares_List")]
    [Operation(Permissions.ScriptsRead, Rate.Api)]
    public Task<Result<IReadOnlyList<ScriptShareView>>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest http, string scriptId, CancellationToken ct) =>
        shares.ListAsync(scriptId.ToId(), ct);

    /// <summary>Revoke a link.</summary>
    [Function("ScriptShares_Revoke")]
    [Operation(Permissions.ScriptsWrite, Rate.Api, Success = 204, Audit = "script.unshare")]
    public Task<Result<Nothing>> RevokeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = $"{All}/{{shareId}}")] HttpRequest http, string scriptId, string shareId, CancellationToken ct) =>
        shares.RevokeAsync(scriptId.ToId(), shareId.ToId(), ct);

    /// <summary>Read a shared script by its link.</summary>
    [Function("SharedScripts_Get")]
    [Operation(Permissions.Public, Rate.Api, Cache = "no-store")]
    public Task<Result<SharedScriptView>> ReadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/shared/scripts/{token}")] HttpRequest http, string token, CancellationToken ct) => shares.ReadAsync(token, ct);
}
