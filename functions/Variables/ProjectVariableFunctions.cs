using Microsoft.AspNetCore.Http;
using Platform.Functions.Http;
using Platform.Identity;
using Platform.RateLimits;
using Platform.Variables;

namespace Platform.Functions.Variables;

/// <summary>Variables, secrets and files that the scripts of a project's tests read.</summary>
[Api(Family.Checks)]
public sealed class ProjectVariableFunctions(VariableQueries variables, CreateVariable create, ChangeVariable change, Caller caller)
{
    private const string All = "api/projects/{projectId}/variables";
    private const string One = $"{All}/{{variableId}}";

    /// <summary>List the variables of a project and what the caller may do with them.</summary>
    [Function("ProjectVariables_List")]
    [Operation(Permissions.VariablesRead, Rate.Default)]
    public async Task<Result<VariableList>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest http, CancellationToken ct) =>
        VariableList.Of(await variables.ListAsync(ct), caller);

    /// <summary>Create a variable or secret (JSON), or a file variable (multipart).</summary>
    [Function("ProjectVariables_Create")]
    [Operation(Permissions.VariablesCreate, Rate.Default, Audit = "variable.create", Idempotent = true, Body = typeof(VariableRequest), Upload = typeof(VariableUpload),
        UploadLimit = ProjectVariableRequests.UploadLimit)]
    public async Task<Result<VariableAnswer>> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest http, CancellationToken ct)
    {
        var draft = http.IsMultipart()
            ? ProjectVariableRequests.ToDraft(await http.ReadUploadAsync<VariableUpload>(ct))
            : ProjectVariableRequests.ToDraft(await http.ReadBodyAsync<VariableRequest>(ct));
        return draft.IsOk ? VariableAnswer.Of(await create.CreateAsync(draft.Value, VariableAnswer.Of, ct)) : draft.Error;
    }

    /// <summary>Read a variable; a secret without its value.</summary>
    [Function("ProjectVariables_Get")]
    [Operation(Permissions.VariablesRead, Rate.Default)]
    public async Task<Result<VariableAnswer>> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest http, string variableId, CancellationToken ct) =>
        VariableAnswer.Of(await variables.GetAsync(variableId.ToId(), ct));

    /// <summary>Change a variable; a file variable by multipart.</summary>
    [Function("ProjectVariables_Update")]
    [Operation(Permissions.VariablesUpdate, Rate.Default, Audit = "variable.update", Body = typeof(VariableChangeRequest), Upload = typeof(VariableChangeUpload),
        UploadLimit = ProjectVariableRequests.UploadLimit)]
    public async Task<Result<VariableAnswer>> UpdateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest http, string variableId, CancellationToken ct)
    {
        var found = await variables.FindAsync(variableId.ToId(), ct);   // the object comes before the body
        if (!found.IsOk)
            return found.Error;
        if (found.Value.Type == VariableType.File != http.IsMultipart())
            return http.IsMultipart() ? ProjectVariableErrors.NotAnUpload : ProjectVariableErrors.UploadNeeded;
        var wanted = http.IsMultipart()
            ? ProjectVariableRequests.ToChange(await http.ReadUploadAsync<VariableChangeUpload>(ct))
            : ProjectVariableRequests.ToChange(await http.ReadBodyAsync<VariableChangeRequest>(ct));
        return wanted.IsOk ? VariableAnswer.Of(await change.UpdateAsync(found.Value, wanted.Value, ct)) : wanted.Error;
    }

    /// <summary>Delete a variable and its file.</summary>
    [Function("ProjectVariables_Delete")]
    [Operation(Permissions.VariablesDelete, Rate.Default, Audit = "variable.delete")]
    public async Task<Result<VariableDeleted>> DeleteAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest http, string variableId, CancellationToken ct)
    {
        var found = await variables.FindAsync(variableId.ToId(), ct);
        if (!found.IsOk)
            return found.Error;
        await change.DeleteAsync(found.Value, ct);
        return new VariableDeleted(Success: true);
    }

    /// <summary>Show a secret in clear.</summary>
    [Function("ProjectVariables_Decrypt")]
    [Operation(Permissions.VariablesDecrypt, Rate.Decrypt, Audit = "variable.decrypt")]
    public async Task<Result<DecryptedAnswer>> DecryptAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{One}/decrypt")] HttpRequest http, string variableId, CancellationToken ct)
    {
        var decrypted = await variables.DecryptAsync(variableId.ToId(), ct);
        return decrypted.IsOk ? DecryptedAnswer.Of(decrypted.Value) : decrypted.Error;
    }

    /// <summary>Download the file of a file variable.</summary>
    [Function("ProjectVariables_Download")]
    [Operation(Permissions.VariablesRead, Rate.Default, Audit = "variable.download", Response = typeof(string), Produces = "application/octet-stream")]
    public async Task<object> DownloadAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{One}/download")] HttpRequest http, string variableId, CancellationToken ct)
    {
        var opened = await variables.OpenFileAsync(variableId.ToId(), ct);
        if (!opened.IsOk)
            return (Result<Nothing>)opened.Error;
        http.HttpContext.Response.Headers.CacheControl = "no-store";
        return Results.Stream(opened.Value.Stream, opened.Value.Variable.MimeType, opened.Value.Variable.FileName);
    }
}
