using Platform.Executions;
using Platform.Identity;

namespace Platform.Scripts;

/// <summary>Runs a saved script of the caller's.</summary>
public sealed class RunScript(ScriptQueries scripts, StartExecution start, Caller caller)
{
    public async Task<Result<ExecutionStarted>> RunAsync(Guid id, ScriptRunRequest request, CancellationToken ct)
    {
        if (!caller.Can(Permissions.ScriptsRead))
            return PermissionErrors.Missing(caller, Permissions.ScriptsRead);
        var content = await ContentAsync(id, request.Version, ct);
        return content.IsOk ? await start.StartAsync(ExecutionRequest.Of(content.Value.Script, content.Value.Lang, content.Value.LangVersion, request), ct) : content.Error;
    }

    private async Task<Result<ScriptContent>> ContentAsync(Guid id, int? number, CancellationToken ct)
    {
        if (number is { } wanted)
        {
            var version = await scripts.GetVersionAsync(id, wanted, ct);
            return version.IsOk ? version.Value.Content : version.Error;
        }

        return await scripts.FindAsync(id, ct) is { } script ? script.Content : ScriptErrors.NotFound;
    }
}
