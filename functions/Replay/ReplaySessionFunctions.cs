using Microsoft.AspNetCore.Http;
using Platform.Replay;

namespace Platform.Functions.Replay;

/// <summary>Replay sessions, for operators.</summary>
[Api(Family.Executions)]
public sealed class ReplaySessionFunctions(CreateReplay create, ReplayControl control, ReplayQueries queries, ReplayCleanup cleanup)
{
    /// <summary>Make a replay session, which waits for its start.</summary>
    [Function("ReplaySessions_Create")]
    [Operation(Permissions.PlatformReplay, Rate.Api, Audit = "replay.create", Idempotent = true, Body = typeof(ReplaySessionRequest))]
    public async Task<Result<ReplaySessionChange>> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/replay/sessions")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<ReplaySessionRequest>(ct);
        return body.IsOk ? await create.CreateAsync(body.Value, ct) : body.Error;
    }

    /// <summary>Start a session; once.</summary>
    [Function("ReplaySessions_Start")]
    [Operation(Permissions.PlatformReplay, Rate.Api, Audit = "replay.start", Idempotent = true)]
    public Task<Result<ReplaySessionChange>> StartAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/replay/sessions/{sessionId}/start")] HttpRequest http, string sessionId, CancellationToken ct) =>
        control.StartAsync(sessionId.ToId(), ct);

    /// <summary>Pause a running session after the event in hand.</summary>
    [Function("ReplaySessions_Pause")]
    [Operation(Permissions.PlatformReplay, Rate.Api, Audit = "replay.pause")]
    public Task<Result<ReplaySessionChange>> PauseAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/replay/sessions/{sessionId}/pause")] HttpRequest http, string sessionId, CancellationToken ct) =>
        control.PauseAsync(sessionId.ToId(), ct);

    /// <summary>Let a paused session go on.</summary>
    [Function("ReplaySessions_Resume")]
    [Operation(Permissions.PlatformReplay, Rate.Api, Audit = "replay.resume")]
    public Task<Result<ReplaySessionChange>> ResumeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/replay/sessions/{sessionId}/resume")] HttpRequest http, string sessionId, CancellationToken ct) =>
        control.ResumeAsync(sessionId.ToId(), ct);

    /// <summary>Cancel a session that has not ended.</summary>
    [Function("ReplaySessions_Cancel")]
    [Operation(Permissions.PlatformReplay, Rate.Api, Audit = "replay.cancel")]
    public Task<Result<ReplaySessionChange>> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/replay/sessions/{sessionId}/cancel")] HttpRequest http, string sessionId, CancellationToken ct) =>
        control.CancelAsync(sessionId.ToId(), ct);

    /// <summary>List sessions, newest first.</summary>
    [Function("ReplaySessions_List")]
    [Operation(Permissions.PlatformReplay, Rate.Api, Query = typeof(ReplaySessionFilter))]
    public async Task<Result<IReadOnlyList<ReplaySessionSummary>>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/replay/sessions")] HttpRequest http, CancellationToken ct)
    {
        var filter = http.ReadQuery<ReplaySessionFilter>();
        return filter.IsOk ? await queries.ListAsync(filter.Value.Status, filter.Value.Limit, ct) : filter.Error;
    }

    /// <summary>Read a session.</summary>
    [Function("ReplaySessions_Get")]
    [Operation(Permissions.PlatformReplay, Rate.Api)]
    public Task<Result<ReplaySessionView>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/replay/sessions/{sessionId}")] HttpRequest http, string sessionId, CancellationToken ct) =>
        queries.GetAsync(sessionId.ToId(), ct);

    /// <summary>Remove sessions that have ended, with their files.</summary>
    [Function("ReplaySessions_CleanUp")]
    [Operation(Permissions.PlatformReplay, Rate.Api, Audit = "replay.cleanup", Query = typeof(ReplayAge))]
    public async Task<Result<ReplayCleaned>> CleanUpAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/replay/cleanup")] HttpRequest http, CancellationToken ct)
    {
        var age = http.ReadQuery<ReplayAge>();
        return age.IsOk ? await cleanup.CleanAsync(age.Value.OlderThanHours, ct) : age.Error;
    }
}
