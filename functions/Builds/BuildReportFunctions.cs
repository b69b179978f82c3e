using Microsoft.AspNetCore.Http;
using Platform.Builds;
using Platform.Functions.Http;

namespace Platform.Functions.Builds;

/// <summary>What external executors report, and steps that users add.</summary>
[Api(Family.Delivery)]
public sealed class BuildReportFunctions(BuildQueries builds, ReportBuild report, ReportSteps steps)
{
    private const string One = "api/builds/{buildId}";

    /// <summary>Set the state of an external build; one that the platform runs can be cancelled so.</summary>
    [Function("Builds_SetStatus")]
    [Operation(Permissions.BuildsReport, Rate.Ingest, ObjectFirst = true, Audit = "build.status", Body = typeof(BuildStatusReport))]
    public async Task<Result<BuildView>> SetStatusAsync([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = $"{One}/status")] HttpRequest http, string buildId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<BuildStatusReport>(ct);
        var permission = body.IsOk && body.Value.Status == BuildStatus.Cancelled ? Permissions.BuildsCancel : Permissions.BuildsReport;
        var found = await builds.FindAsync(buildId.ToId(), permission, ct);
        if (!found.IsOk || !body.IsOk)
            return (found.Error ?? body.Error)!;
        var moved = await report.ReportAsync(found.Value, body.Value, ct);
        return moved.IsOk ? new BuildView(await builds.DetailAsync(moved.Value, ct)) : moved.Error;
    }

    /// <summary>Add a step to a build. The platform runs it when it comes to it; an external executor reports it.</summary>
    [Function("BuildSteps_Create")]
    [Operation(Permissions.BuildsReport, Rate.Ingest, Success = 201, ObjectFirst = true, Idempotent = true, Audit = "build.step_add", Body = typeof(NewBuildStep))]
    public async Task<Result<BuildStepView>> AddStepAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{One}/steps")] HttpRequest http, string buildId, CancellationToken ct)
    {
        var found = await builds.FindAsync(buildId.ToId(), Permissions.BuildsReport, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<NewBuildStep>(ct) : found.Error;
        var added = body.IsOk ? await steps.AddAsync(found.Value.Id, body.Value, ct) : body.Error;
        return added.IsOk ? BuildStepView.Of(added.Value) : added.Error;
    }

    /// <summary>Change a step: one of an external build, or one that the platform has not begun.</summary>
    [Function("BuildSteps_Update")]
    [Operation(Permissions.BuildsReport, Rate.Ingest, ObjectFirst = true, Audit = "build.step_update", Body = typeof(BuildStepReport))]
    public async Task<Result<BuildStepView>> UpdateStepAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = $"{One}/steps/{{stepId}}")] HttpRequest http, string buildId, string stepId, CancellationToken ct)
    {
        var found = await builds.FindAsync(buildId.ToId(), Permissions.BuildsReport, ct);
        var step = found.IsOk ? await builds.FindStepAsync(found.Value, stepId.ToId(), ct) : found.Error;
        var body = step.IsOk ? await http.ReadBodyAsync<BuildStepReport>(ct) : step.Error;
        var changed = body.IsOk ? await steps.ChangeAsync(step.Value, body.Value, ct) : body.Error;
        return changed.IsOk ? BuildStepView.Of(changed.Value) : changed.Error;
    }
}
