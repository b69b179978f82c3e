using Microsoft.AspNetCore.Http;
using Platform.Functions.Identity;
using Platform.Functions.Organizations;

namespace Platform.Functions.Admin;

/// <summary>Operators act as users, as the checks family shows it.</summary>
[Api(Family.Checks)]
public sealed class ImpersonationFunctions(ImpersonationService impersonations, SessionCookies cookies, Caller caller)
{
    private const string Stop = "stop-impersonation";

    /// <summary>Begin to act as the user, for at most an hour, or stop it. The session keeps its id and gets new credentials.</summary>
    [Function("Impersonation_Act")]
    [Operation(Permissions.PlatformImpersonate, Rate.Impersonation, Body = typeof(ChecksUserAction), Audit = "impersonation.start", Impersonating = Impersonating.Ending)]
    public async Task<Result<DataAnswer<ChecksImpersonated>>> ActAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/users/{userId}")] HttpRequest http, string userId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<ChecksUserAction>(ct);
        if (!body.IsOk)
            return body.Error;
        if (body.Value.Action == Stop)
            return await StopAsync(http.HttpContext, ct);
        var started = await impersonations.StartAsync(userId.ToId(), body.Value.OrganizationId?.ToId(), ct);
        return started.IsOk ? Answer(http.HttpContext, started.Value, "Impersonation started", isTarget: true) : started.Error;
    }

    /// <summary>Stop acting as somebody else; the session is the operator's again. Works after the hour too.</summary>
    [Function("Impersonation_Stop")]
    [Operation(Permissions.ProfileRead, Rate.General, Auth = Auth.SessionOnly, Audit = "impersonation.stop", Impersonating = Impersonating.Ending)]
    public Task<Result<DataAnswer<ChecksImpersonated>>> StopAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/stop-impersonation")] HttpRequest http, CancellationToken ct) => StopAsync(http.HttpContext, ct);

    /// <summary>Whether the session acts as somebody else, and who is who.</summary>
    [Function("Impersonation_Status")]
    [Operation(Permissions.Public, Rate.General)]
    public async Task<Result<ChecksImpersonationStatus>> StatusAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/auth/impersonation-status")] HttpRequest http, CancellationToken ct) =>
        await impersonations.FindAsync(ct) is { } parties
            ? new ChecksImpersonationStatus(true, ChecksParty.From(parties.Target), ChecksParty.From(parties.Operator))
            : new ChecksImpersonationStatus(false, null, null);

    /// <summary>Whether the caller is an operator; nobody is not.</summary>
    [Function("Admin_Check")]
    [Operation(Permissions.Public, Rate.General)]
    public Result<ChecksOperatorCheck> Check([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/check")] HttpRequest http) =>
        new ChecksOperatorCheck(true, caller.IsOperator);

    private async Task<Result<DataAnswer<ChecksImpersonated>>> StopAsync(HttpContext http, CancellationToken ct)
    {
        var stopped = await impersonations.StopAsync(ct);
        return stopped.IsOk ? Answer(http, stopped.Value, "Impersonation stopped", isTarget: false) : stopped.Error;
    }

    private DataAnswer<ChecksImpersonated> Answer(HttpContext http, SignedIn session, string message, bool isTarget)
    {
        cookies.Write(http, session);
        var user = session.User;
        return new(new ChecksImpersonated(message, isTarget ? new ChecksParty(user.Id, user.DisplayName, user.Email) : null, session.AccessToken));
    }
}
