using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Identity;

/// <summary>The caller's sessions and profile, as the checks family shows them.</summary>
[Api(Family.Checks)]
public sealed class ChecksSessionFunctions(
    SessionQueries queries, SessionService sessions, ProfileService profiles, DefaultPlace place, SessionCookies cookies, Caller caller)
{
    private static readonly JsonElement NoSession = JsonSerializer.SerializeToElement<object?>(null);

    /// <summary>Read the session and its user; null without one.</summary>
    [Function("ChecksSessions_Get")]
    [Operation(Permissions.Public, Rate.Default, Response = typeof(SessionAnswer))]
    public async Task<object> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/auth/get-session")] HttpRequest http, CancellationToken ct) =>
        caller.SessionId is { } id && await queries.FindAsync(id, ct) is (var session, var user)
            ? new SessionAnswer(SessionView.From(session) with { ImpersonatedBy = caller.ImpersonatorId }, ChecksUser.From(user))
            : NoSession;

    /// <summary>The signed-in user.</summary>
    [Function("ChecksSessions_User")]
    [Operation(Permissions.ProfileRead, Rate.Default)]
    public async Task<Result<BriefUserAnswer>> UserAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/auth/user")] HttpRequest http, CancellationToken ct)
    {
        var profile = await profiles.FindAsync(caller.UserId!.Value, ct);
        return profile.IsOk ? new BriefUserAnswer(new BriefUser(profile.Value.Id, profile.Value.Email, profile.Value.DisplayName, profile.Value.AvatarUrl)) : profile.Error;
    }

    /// <summary>List the caller's sessions, newest first.</summary>
    [Function("ChecksSessions_List")]
    [Operation(Permissions.ProfileRead, Rate.Default, Auth = Auth.SessionOnly)]
    public Task<Result<IReadOnlyList<SessionView>>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/auth/list-sessions")] HttpRequest http, CancellationToken ct) =>
        queries.ListAsync(caller.UserId!.Value, caller.SessionId!.Value, ct);

    /// <summary>End one of the caller's sessions.</summary>
    [Function("ChecksSessions_Revoke")]
    [Operation(Permissions.ProfileWrite, Rate.Default, Auth = Auth.SessionOnly, Body = typeof(SessionRevocation), Audit = "session.revoke")]
    public async Task<Result<StatusAnswer>> RevokeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/revoke-session")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<SessionRevocation>(ct);
        if (!body.IsOk)
            return body.Error;
        var outcome = await sessions.RevokeAsync(caller.UserId!.Value, body.Value.Id, ct);
        if (!outcome.IsOk)
            return outcome.Error;
        if (body.Value.Id == caller.SessionId)
            cookies.Clear(http.HttpContext);
        return new StatusAnswer(true);
    }

    /// <summary>End all of the caller's sessions but this one.</summary>
    [Function("ChecksSessions_RevokeOthers")]
    [Operation(Permissions.ProfileWrite, Rate.Default, Auth = Auth.SessionOnly, Audit = "session.revoke_others")]
    public async Task<Result<StatusAnswer>> RevokeOthersAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/revoke-other-sessions")] HttpRequest http, CancellationToken ct)
    {
        await sessions.RevokeOthersAsync(caller.UserId!.Value, caller.SessionId!.Value, ct);
        return new StatusAnswer(true);
    }

    /// <summary>Change the caller's name and picture.</summary>
    [Function("ChecksSessions_UpdateUser")]
    [Operation(Permissions.ProfileWrite, Rate.Default, Auth = Auth.SessionOnly, Body = typeof(UserUpdate), Audit = "user.update")]
    public async Task<Result<UserStatusAnswer>> UpdateUserAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/update-user")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<UserUpdate>(ct);
        if (!body.IsOk)
            return body.Error;
        var change = new ProfileChange { DisplayName = body.Value.Name, AvatarUrl = body.Value.GivesImage ? new Given<string?>(body.Value.Image) : null };
        var user = await profiles.ChangeAsync(caller.UserId!.Value, change, ct);
        return user.IsOk ? new UserStatusAnswer(true, ChecksUser.From(user.Value)) : user.Error;
    }

    /// <summary>See to it that the caller has an organization with a default project, and a session that is somewhere he may be.</summary>
    [Function("ChecksSessions_SetupDefaults")]
    [Operation(Permissions.ProfileWrite, Rate.Default, Auth = Auth.SessionOnly, Audit = "user.setup_defaults")]
    public async Task<Result<DefaultsAnswer>> SetupDefaultsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/setup-defaults")] HttpRequest http, CancellationToken ct)
    {
        var outcome = await place.EnsureAsync(caller.UserId!.Value, caller.SessionId!.Value, ct);
        if (!outcome.IsOk)
            return outcome.Error;
        if (outcome.Value is not { Organization: var organization, Project: var project })
            return new DefaultsAnswer(true, "Defaults already exist");
        var made = new MadePlaceNames(new(organization.Id, organization.Name, organization.Slug), new(project.Id, project.Name, project.Slug));
        return new DefaultsAnswer(true, "Defaults created") { Data = made };
    }
}
