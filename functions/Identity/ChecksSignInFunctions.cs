using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Identity;

/// <summary>Sign-up, sign-in and sign-out, as the checks family shows them.</summary>
[Api(Family.Checks)]
public sealed class ChecksSignInFunctions(
    SignUpService signUp, PasswordSignIn passwordSignIn, SignInService signIn, AccountGate gate, SessionService sessions, SessionCookies cookies)
{
    private const string InviteHeader = "X-Invite-Token";

    /// <summary>Create an account with a personal organization and a default project, and sign in where the address needs no verification.</summary>
    [Function("ChecksSignIn_SignUp")]
    [Operation(Permissions.Public, Rate.Auth, Body = typeof(EmailSignUpRequest), Audit = "auth.register")]
    public async Task<Result<SignedUp>> SignUpAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/sign-up/email")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<EmailSignUpRequest>(ct);
        if (!body.IsOk)
            return body.Error;
        var (name, email, password, invitation) = body.Value;
        var user = await signUp.RegisterAsync(new EmailSignUp(name, email, password, invitation ?? http.Headers[InviteHeader].ToString()), ct);
        if (!user.IsOk)
            return user.Error;
        if (gate.NeedsVerification(user.Value))
            return new SignedUp(null, ChecksUser.From(user.Value));
        var opened = await signIn.OpenAsync(user.Value, SignInMethod.Password, persistent: true, ct);
        cookies.Write(http.HttpContext, opened);
        return new SignedUp(opened.AccessToken, ChecksUser.From(opened.User));
    }

    /// <summary>Open a session with e-mail and password; sets the session's cookies.</summary>
    [Function("ChecksSignIn_SignIn")]
    [Operation(Permissions.Public, Rate.Auth, Body = typeof(EmailSignInRequest))]
    public async Task<Result<SignedInAnswer>> SignInAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/sign-in/email")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<EmailSignInRequest>(ct);
        if (!body.IsOk)
            return body.Error;
        var outcome = await passwordSignIn.SignInAsync(new PasswordAttempt(body.Value.Email, body.Value.Password, body.Value.Code, body.Value.RememberMe ?? true), ct);
        if (!outcome.IsOk)
            return outcome.Error;
        cookies.Write(http.HttpContext, outcome.Value);
        return new SignedInAnswer(Redirect: false, outcome.Value.AccessToken, ChecksUser.From(outcome.Value.User));
    }

    /// <summary>End the session and clear its cookies; succeeds without one too.</summary>
    [Function("ChecksSignIn_SignOut")]
    [Operation(Permissions.Public, Rate.Default, Csrf = false, Impersonating = Impersonating.Ending)]
    public async Task<Result<SuccessAnswer>> SignOutAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/sign-out")] HttpRequest http, CancellationToken ct)
    {
        await sessions.SignOutAsync(http.Api().Caller, "logout", ct);
        cookies.Clear(http.HttpContext);
        return new SuccessAnswer(true);
    }

    /// <summary>Show what went wrong during a redirect.</summary>
    [Function("ChecksSignIn_Error")]
    [Operation(Permissions.Public, Rate.Default, Success = 401, Query = typeof(RedirectErrorQuery))]
    public Result<RedirectError> Error([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "api/auth/error")] HttpRequest http)
    {
        var query = http.ReadQuery<RedirectErrorQuery>();
        return query.IsOk ? new RedirectError(Plain(query.Value.Error, "unauthorized"), Plain(query.Value.Message, "Authentication failed")) : query.Error;
    }

    private static string Plain(string? text, string instead)
    {
        var plain = string.Concat((text ?? "").Where(letter => !char.IsControl(letter)).Take(200));
        return plain.Length > 0 ? plain : instead;
    }
}
