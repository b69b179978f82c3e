using Microsoft.AspNetCore.Http;
using Platform.Executions;
using Platform.Functions.Executions;
using Platform.Scripts;

namespace Platform.Functions.Scripts;

/// <summary>Runs of saved scripts, at once and by a schedule.</summary>
[Api(Family.Executions)]
public sealed class ScriptRunFunctions(RunScript run, ScheduleScript schedules, ExecutionWaiter waiter)
{
    private const string One = "api/v1/scripts/{scriptId}";
    private const string Schedule = $"{One}/schedule";

    /// <summary>Queue a run of a saved script; with <c>?wait=N</c> or <c>Prefer: wait=N</c> answer with its result when it ends within N seconds.</summary>
    [Function("ScriptRuns_Start")]
    [Operation(Permissions.ExecutionsRun, Rate.Execution, Audit = "script.run", Idempotent = true, Query = typeof(StartQuery), Body = typeof(ScriptRunRequest),
        AlternativeResponse = typeof(ExecutionView))]
    public async Task<Result<ExecutionStarted>> StartAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{One}/run")] HttpRequest http, string scriptId, CancellationToken ct)
    {
        var query = http.ReadQuery<StartQuery>();
        var body = query.IsOk ? await http.ReadBodyAsync<ScriptRunRequest>(ct) : query.Error;
        var started = body.IsOk ? await run.RunAsync(scriptId.ToId(), body.Value, ct) : body.Error;
        return started.IsOk && http.WaitFor(query.Value) is { Ticks: > 0 } wait ? await waiter.WaitAsync(started.Value.ExecutionId, wait, ct) : started;
    }

    /// <summary>Read the schedule of a script, with its next and its last run.</summary>
    [Function("ScriptSchedules_Get")]
    [Operation(Permissions.ScriptsRead, Rate.Api)]
    public Task<Result<ScriptScheduleView>> GetScheduleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Schedule)] HttpRequest http, string scriptId, CancellationToken ct) => schedules.GetAsync(scriptId.ToId(), ct);

    /// <summary>Run a script by itself: by a cron expression in a time zone. A run that was missed is made up for once.</summary>
    [Function("ScriptSchedules_Set")]
    [Operation(Permissions.ScriptsWrite, Rate.Api, Audit = "script.schedule", Body = typeof(ScriptScheduleRequest))]
    public async Task<Result<ScriptScheduleView>> SetScheduleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Schedule)] HttpRequest http, string scriptId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<ScriptScheduleRequest>(ct);
        return body.IsOk ? await schedules.SetAsync(scriptId.ToId(), body.Value, ct) : body.Error;
    }

    /// <summary>Take the schedule of a script away.</summary>
    [Function("ScriptSchedules_Delete")]
    [Operation(Permissions.ScriptsWrite, Rate.Api, Success = 204, Audit = "script.unschedule")]
    public Task<Result<Nothing>> DeleteScheduleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Schedule)] HttpRequest http, string scriptId, CancellationToken ct) => schedules.DeleteAsync(scriptId.ToId(), ct);
}
