using Microsoft.AspNetCore.Http;
using Platform.Builds;
using Platform.Functions.Http;

namespace Platform.Functions.Builds;

/// <summary>Hooks of builds, run when somebody asks for it.</summary>
[Api(Family.Delivery)]
public sealed class BuildHookFunctions(BuildQueries builds, RequestHooks hooks)
{
    /// <summary>Run configured hooks now, on the files of a build that has ended. The answer waits up to 200 seconds, then says <c>running</c> (202).</summary>
    [Function("BuildHooks_Run")]
    [Operation(Permissions.BuildsHooks, Rate.Default, ObjectFirst = true, Audit = "build.hooks", Body = typeof(NewHookRun))]
    public async Task<Result<HookRunView>> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/builds/{buildId}/hooks")] HttpRequest http, string buildId, CancellationToken ct)
    {
        var found = await builds.FindAsync(buildId.ToId(), Permissions.BuildsHooks, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<NewHookRun>(ct) : found.Error;
        var run = body.IsOk ? await hooks.RunAsync(found.Value, body.Value, ct) : body.Error;
        if (!run.IsOk)
            return run.Error;
        if (run.Value.Status == BuildHookRunStatus.Running)
            http.Api().Success = StatusCodes.Status202Accepted;
        return HookRunView.Of(run.Value);
    }
}

/// <summary>How hooks went that were run together.</summary>
/// <param name="RunId">They are shown under it in the build's hooks.</param>
/// <param name="Status"><c>running</c> when the answer did not wait for their end.</param>
/// <param name="Executed">Hooks that ran.</param>
/// <param name="Succeeded">Of them.</param>
/// <param name="Failed">Of them.</param>
/// <param name="Results">In their order.</param>
public sealed record HookRunView(Guid RunId, BuildHookRunStatus Status, int Executed, int Succeeded, int Failed, IReadOnlyList<BuildHookResult> Results)
{
    public static HookRunView Of(BuildHookRun run)
    {
        var succeeded = run.Results.Count(result => result.Status == BuildHookStatus.Succeeded);
        return new HookRunView(run.Id, run.Status, run.Results.Count, succeeded, run.Results.Count - succeeded, run.Results);
    }
}
