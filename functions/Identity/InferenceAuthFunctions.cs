using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Identity;

/// <summary>Sign-in and profile, as the inference family shows them.</summary>
[Api(Family.Inference)]
public sealed class InferenceAuthFunctions(
    PasswordSignIn signIn, SessionService sessions, ProfileService profiles, PasswordChange passwords, SessionCookies cookies, Caller caller)
{
    /// <summary>Open a session with username or e-mail and password; sets the session's cookies.</summary>
    [Function("InferenceAuth_Login")]
    [Operation(Permissions.Public, Rate.Auth, Body = typeof(InferenceLogin))]
    public async Task<Result<InferenceSession>> LoginAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/login")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<InferenceLogin>(ct);
        if (!body.IsOk)
            return body.Error;
        var outcome = await signIn.SignInAsync(new PasswordAttempt(body.Value.Email, body.Value.Password, body.Value.TotpCode), ct);
        if (!outcome.IsOk)
            return outcome.Error;
        cookies.Write(http.HttpContext, outcome.Value);
        return InferenceSession.From(outcome.Value);
    }

    /// <summary>End the session and clear its cookies; succeeds without one too.</summary>
    [Function("InferenceAuth_Logout")]
    [Operation(Permissions.Public, Rate.Auth, Csrf = false, Impersonating = Impersonating.Ending)]
    public async Task<Result<InferenceStatus>> LogoutAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/logout")] HttpRequest http, CancellationToken ct)
    {
        await sessions.SignOutAsync(caller, "logout", ct);
        cookies.Clear(http.HttpContext);
        return new InferenceStatus("ok");
    }

    /// <summary>The signed-in user and the current organization.</summary>
    [Function("InferenceAuth_Me")]
    [Operation(Permissions.ProfileRead, Rate.Default)]
    public Task<Result<InferenceProfile>> MeAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "auth/me")] HttpRequest http, CancellationToken ct) =>
        ShowAsync(http, ct);

    /// <summary>Change the caller's names and address; a changed address is unverified again.</summary>
    [Function("InferenceAuth_UpdateMe")]
    [Operation(Permissions.ProfileWrite, Rate.Default, Auth = Auth.SessionOnly, Body = typeof(InferenceProfileUpdate), Audit = "user.update")]
    public async Task<Result<InferenceProfile>> UpdateMeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "auth/me")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<InferenceProfileUpdate>(ct);
        if (!body.IsOk)
            return body.Error;
        var user = await profiles.ChangeAsync(caller.UserId!.Value, body.Value.ToChange(), ct);
        return user.IsOk ? await ShowAsync(http, ct) : user.Error;
    }

    /// <summary>Change the caller's password; renews the session and ends the others.</summary>
    [Function("InferenceAuth_ChangePassword")]
    [Operation(Permissions.ProfileWrite, Rate.Auth, Auth = Auth.SessionOnly, Body = typeof(InferencePasswordChange), Audit = "auth.change_password")]
    public async Task<Result<InferencePasswordChanged>> ChangePasswordAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "auth/me/password")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<InferencePasswordChange>(ct);
        if (!body.IsOk)
            return body.Error;
        var outcome = await passwords.ChangeAsync(caller, body.Value.CurrentPassword, body.Value.NewPassword, endOthers: true, ct);
        if (!outcome.IsOk)
            return outcome.Error;
        cookies.Write(http.HttpContext, outcome.Value);
        return new InferencePasswordChanged("ok", outcome.Value.AccessToken, outcome.Value.CsrfToken);
    }

    // The session of a user who is gone is worth nothing to its browser.
    private async Task<Result<InferenceProfile>> ShowAsync(HttpRequest http, CancellationToken ct)
    {
        var profile = await profiles.FindAsync(caller.UserId!.Value, caller.OrganizationId!.Value, ct);
        if (profile.IsOk)
            return InferenceProfile.From(profile.Value, caller);
        cookies.Clear(http.HttpContext);
        return profile.Error;
    }
}
