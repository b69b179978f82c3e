using System.Globalization;
using Microsoft.AspNetCore.Http;
using Platform.Scripts;

namespace Platform.Functions.Scripts;

/// <summary>What a saved script was before.</summary>
[Api(Family.Executions)]
public sealed class ScriptVersionFunctions(ScriptQueries scripts, SaveScript save)
{
    private const string All = "api/v1/scripts/{scriptId}/versions";
    private const string One = $"{All}/{{version}}";

    /// <summary>List the versions of a script that are kept, the newest first.</summary>
    [Function("ScriptVersions_List")]
    [Operation(Permissions.ScriptsRead, Rate.Api)]
    public Task<Result<IReadOnlyList<ScriptVersionSummary>>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest http, string scriptId, CancellationToken ct) => scripts.ListVersionsAsync(scriptId.ToId(), ct);

    /// <summary>Read a version of a script.</summary>
    [Function("ScriptVersions_Get")]
    [Operation(Permissions.ScriptsRead, Rate.Api)]
    public async Task<Result<ScriptVersionView>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest http, string scriptId, string version, CancellationToken ct)
    {
        var found = await scripts.GetVersionAsync(scriptId.ToId(), NumberOf(version), ct);
        return found.IsOk ? ScriptVersionView.From(found.Value) : found.Error;
    }

    /// <summary>Make a version of a script its newest one again.</summary>
    [Function("ScriptVersions_Restore")]
    [Operation(Permissions.ScriptsWrite, Rate.Api, Audit = "script.restore")]
    public Task<Result<ScriptView>> RestoreAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{One}/restore")] HttpRequest http, string scriptId, string version, CancellationToken ct) =>
        save.RestoreAsync(scriptId.ToId(), NumberOf(version), ct);

    private static int NumberOf(string version) => int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
