using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Identity;

/// <summary>Sign-up, sign-in and the session, as the executions family shows them.</summary>
[Api(Family.Executions)]
public sealed class AuthFunctions(SignUpService signUp, PasswordSignIn signIn, SessionService sessions, UserDirectory users, SessionCookies cookies, Caller caller)
{
    /// <summary>Create an account with a personal organization and a default project. Opens no session.</summary>
    [Function("Auth_Register")]
    [Operation(Permissions.Public, Rate.Auth, Success = 201, Body = typeof(RegisterUser), Audit = "auth.register")]
    public async Task<Result<UserView>> RegisterAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/auth/register")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<RegisterUser>(ct);
        if (!body.IsOk)
            return body.Error;
        var user = await signUp.RegisterAsync(new NewAccount(body.Value.Username, body.Value.Email, body.Value.Password), ct);
        return user.IsOk ? UserView.From(user.Value) : user.Error;
    }

    /// <summary>Open a session with username or e-mail and password; sets the session's cookies.</summary>
    [Function("Auth_Login")]
    [Operation(Permissions.Public, Rate.Auth, Form = typeof(PasswordLogin))]
    public async Task<Result<LoginAnswer>> LoginAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/auth/login")] HttpRequest http, CancellationToken ct)
    {
        var form = await http.ReadFormBodyAsync<PasswordLogin>(ct);
        if (!form.IsOk)
            return form.Error;
        var outcome = await signIn.SignInAsync(new PasswordAttempt(form.Value.Username, form.Value.Password, form.Value.TotpCode), ct);
        if (!outcome.IsOk)
            return Told(outcome.Error);
        var signedIn = outcome.Value;
        cookies.Write(http.HttpContext, signedIn);
        return new LoginAnswer("Login successful", signedIn.User.Username, signedIn.User.PlatformRole, signedIn.CsrfToken, signedIn.AccessToken, "bearer");
    }

    /// <summary>The signed-in user.</summary>
    [Function("Auth_Me")]
    [Operation(Permissions.ProfileRead, Rate.Auth)]
    public async Task<Result<UserView>> MeAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/auth/me")] HttpRequest http, CancellationToken ct)
    {
        var user = await users.FindAsync(caller.UserId!.Value, ct);
        return user.IsOk ? user.Value with { ImpersonatedBy = caller.ImpersonatorId } : user.Error;
    }

    /// <summary>Whether the session is still good, with its CSRF token for cookie callers.</summary>
    [Function("Auth_VerifyToken")]
    [Operation(Permissions.ProfileRead, Rate.Auth, Cache = "private, no-cache")]
    public Result<TokenCheck> VerifyToken([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/auth/verify-token")] HttpRequest http) => new TokenCheck(
        Valid: true,
        caller.Username!,
        caller.IsOperator ? PlatformRole.Admin : PlatformRole.User,
        caller.Credential == CredentialKind.Cookie ? http.Cookies[SessionCookies.CsrfToken] ?? "" : "",
        caller.ImpersonatorId);

    /// <summary>End the session and clear its cookies; succeeds without one too.</summary>
    [Function("Auth_Logout")]
    [Operation(Permissions.Public, Rate.Auth, Csrf = false, Impersonating = Impersonating.Ending)]
    public async Task<Result<TextAnswer>> LogoutAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/auth/logout")] HttpRequest http, CancellationToken ct)
    {
        await sessions.SignOutAsync(caller, "logout", ct);
        cookies.Clear(http.HttpContext);
        return new TextAnswer("Logout successful");
    }

    // This family tells a disabled account from a wrong password to nobody.
    internal static Error Told(Error refusal) => refusal == IdentityErrors.AccountDisabled || refusal == IdentityErrors.AccountBanned ? IdentityErrors.InvalidCredentials : refusal;
}
