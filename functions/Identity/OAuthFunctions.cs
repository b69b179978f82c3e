using Microsoft.AspNetCore.Http;
using Platform.Identity.OAuth;

namespace Platform.Functions.Identity;

/// <summary>Sign-in with foreign accounts and their linking: flows begin here and come back here.</summary>
[Api(Family.Agents)]
public sealed class OAuthFunctions(OAuthFlows flows, OAuthProviders providers, OAuthCallback callback, OAuthCookie cookie, SessionCookies session, Caller caller)
{
    private const string NotConfigured = "github_not_configured";

    /// <summary>Send the browser to GitHub to sign in; a signed-in caller links his GitHub account instead.</summary>
    [Function("OAuth_SignInWithGitHub")]
    [Operation(Permissions.Public, Rate.Auth, Success = 302, Query = typeof(NextQuery), Impersonating = Impersonating.Refused)]
    public Task<Result<Nothing>> SignInWithGitHubAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/auth/signin/github")] HttpRequest http, CancellationToken ct) =>
        RedirectAsync(http, new FlowStart(IdentityProvider.Github, SignedInUser, NextOf(http.ReadQuery<NextQuery>()), TellsConnected: true), ct);

    /// <summary>Begin a sign-in with Vercel; a signed-in caller links his Vercel account instead.</summary>
    [Function("OAuth_SignInWithVercel")]
    [Operation(Permissions.Public, Rate.Auth, Query = typeof(NextQuery), CsrfWithSession = true, Impersonating = Impersonating.Refused)]
    public Task<Result<UrlAnswer>> SignInWithVercelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/signin/vercel")] HttpRequest http, CancellationToken ct) =>
        StartAsync(http, new FlowStart(IdentityProvider.Vercel, SignedInUser, NextOf(http.ReadQuery<NextQuery>())), ct);

    /// <summary>Finish what was begun with GitHub.</summary>
    [Function("OAuth_FinishWithGitHub")]
    [Operation(Permissions.Public, Rate.Auth, Success = 302, Query = typeof(CallbackQuery), Impersonating = Impersonating.Refused)]
    public Task<Result<Nothing>> FinishWithGitHubAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/auth/github/callback")] HttpRequest http, CancellationToken ct) =>
        FinishAsync(http, IdentityProvider.Github, http.ReadQuery<CallbackQuery>(), ct);

    /// <summary>Finish what was begun with Vercel.</summary>
    [Function("OAuth_FinishWithVercel")]
    [Operation(Permissions.Public, Rate.Auth, Success = 302, Query = typeof(CallbackQuery), Impersonating = Impersonating.Refused)]
    public Task<Result<Nothing>> FinishWithVercelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/auth/callback/vercel")] HttpRequest http, CancellationToken ct) =>
        FinishAsync(http, IdentityProvider.Vercel, http.ReadQuery<CallbackQuery>(), ct);

    /// <summary>Send the browser to GitHub to link the caller's account; home when nobody is signed in.</summary>
    [Function("OAuth_RedirectToGitHub")]
    [Operation(Permissions.Public, Rate.Auth, Success = 302, Query = typeof(NextQuery), Impersonating = Impersonating.Refused)]
    public async Task<Result<Nothing>> RedirectToGitHubAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/auth/github/signin")] HttpRequest http, CancellationToken ct)
    {
        var next = NextOf(http.ReadQuery<NextQuery>());
        if (caller.IsAuthenticated && SignedInUser is null)
            return RequestErrors.SessionRequired;
        return SignedInUser is null ? GoTo(http, LocalRedirect.Home) : await RedirectAsync(http, new FlowStart(IdentityProvider.Github, SignedInUser, next), ct);
    }

    /// <summary>Begin to link the caller's GitHub account.</summary>
    [Function("OAuth_ConnectGitHub")]
    [Operation(Permissions.ProfileWrite, Rate.Auth, Auth = Auth.SessionOnly, Audit = "identity.connect", Query = typeof(NextQuery))]
    public Task<Result<UrlAnswer>> ConnectGitHubAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/auth/github/signin")] HttpRequest http, CancellationToken ct) =>
        StartAsync(http, new FlowStart(IdentityProvider.Github, SignedInUser, NextOf(http.ReadQuery<NextQuery>())), ct);

    private Guid? SignedInUser => caller.SessionId is null ? null : caller.UserId;

    // What cannot be read is no path either.
    private static string? NextOf(Result<NextQuery> query) => query.IsOk ? query.Value.Next : null;

    private async Task<Result<Nothing>> RedirectAsync(HttpRequest http, FlowStart start, CancellationToken ct)
    {
        var started = await StartAsync(http, start, ct);
        return GoTo(http, started.IsOk ? started.Value.Url : LocalRedirect.With(LocalRedirect.Home, "error", NotConfigured));
    }

    private async Task<Result<UrlAnswer>> StartAsync(HttpRequest http, FlowStart start, CancellationToken ct)
    {
        if (!providers.IsUsable(start.Provider))
            return OAuthErrors.NotConfigured(providers[start.Provider]);
        var started = await flows.StartAsync(start, ct);
        cookie.Write(http.HttpContext, started.State);
        return new UrlAnswer(started.Url);
    }

    private async Task<Result<Nothing>> FinishAsync(HttpRequest http, IdentityProvider provider, Result<CallbackQuery> query, CancellationToken ct)
    {
        if (!query.IsOk)
            return OAuthErrors.InvalidState;
        var (code, state, error) = (query.Value.Code, query.Value.State, query.Value.Error);
        var outcome = await callback.FinishAsync(provider, new CallbackAnswer(code, state, error, OAuthCookie.Read(http)), caller, ct);
        if (outcome.IsOk || outcome.Error != OAuthErrors.InvalidState)   // a stranger's link to the callback does not end a flow that is on its way
            cookie.Clear(http.HttpContext);
        if (!outcome.IsOk)
            return outcome.Error;
        if (outcome.Value.SignedIn is { } signedIn)
            session.Write(http.HttpContext, signedIn);
        return GoTo(http, outcome.Value.RedirectTo);
    }

    private static Result<Nothing> GoTo(HttpRequest http, string address)
    {
        http.HttpContext.Response.Headers.Location = address;
        return default(Nothing);
    }
}
