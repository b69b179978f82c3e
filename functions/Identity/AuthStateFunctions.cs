using Microsoft.AspNetCore.Http;
using Platform.Identity.OAuth;

namespace Platform.Functions.Identity;

/// <summary>Who is signed in and with what, as the agents family shows it.</summary>
[Api(Family.Agents)]
public sealed class AuthStateFunctions(AuthStates states, DisconnectIdentity disconnect, OAuthSignOut signOut, SessionCookies session, OAuthCookie cookie, Caller caller)
{
    /// <summary>Read the signed-in user and how he signed in.</summary>
    [Function("AuthState_Get")]
    [Operation(Permissions.Public, Rate.Default)]
    public async Task<Result<AuthState>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/auth/info")] HttpRequest http, CancellationToken ct) =>
        await states.ReadAsync(caller, ct);

    /// <summary>Read whether a GitHub account is linked to the caller.</summary>
    [Function("AuthState_GetGitHub")]
    [Operation(Permissions.Public, Rate.Default)]
    public async Task<Result<GitHubStatus>> GetGitHubAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/auth/github/status")] HttpRequest http, CancellationToken ct) =>
        await states.ReadGitHubAsync(caller, ct);

    /// <summary>Unlink the caller's GitHub account; not while it is what he signs in with.</summary>
    [Function("AuthState_DisconnectGitHub")]
    [Operation(Permissions.ProfileWrite, Rate.Auth, Auth = Auth.SessionOnly, Audit = "identity.unlink", TellsSuccess = true)]
    public async Task<Result<SuccessAnswer>> DisconnectGitHubAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/github/disconnect")] HttpRequest http, CancellationToken ct) =>
        await disconnect.RunAsync(IdentityProvider.Github, caller, ct) is { } refusal ? refusal : new SuccessAnswer();

    /// <summary>End the session and clear its cookies; succeeds without one too.</summary>
    [Function("AuthState_SignOut")]
    [Operation(Permissions.Public, Rate.Auth, Csrf = false, Query = typeof(NextQuery), Impersonating = Impersonating.Ending)]
    public async Task<Result<UrlAnswer>> SignOutAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/auth/signout")] HttpRequest http, CancellationToken ct)
    {
        var next = http.ReadQuery<NextQuery>();
        await signOut.RunAsync(caller, ct);
        session.Clear(http.HttpContext);
        cookie.Clear(http.HttpContext);
        return new UrlAnswer(LocalRedirect.Of(next.IsOk ? next.Value.Next : null));
    }
}
