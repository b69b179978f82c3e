using EmbeddedFunctions.Hosting;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

using Platform.Audit;
using Platform.Data;
using Platform.Functions.Identity;

namespace Platform.Functions.Hosts;

/// <summary>Lets operators with an interactive session use the host's pages, signs them in there, and audits what they do.</summary>
internal sealed class OperatorAccess(
    SessionCredentials credentials, SessionCookies cookies, ClientAddresses addresses, RateLimiter limiter, DatabaseReady ready, IServiceScopeFactory scopes) : IOperatorAccess
{
    // The sign-in operation's own, so that the page is no second way to try passwords.
    private const string SignInRoute = "api/v1/auth/login";
    private const string Busy = "Too many attempts; try again later.";

    public async ValueTask<OperatorVisit> IdentifyAsync(HttpContext http)
    {
        addresses.Settle(http);
        if (!ready.IsReady)
            return new OperatorVisit(OperatorStanding.Unknown);
        var (token, kind) = SessionCredentials.Of(http.Request);
        if (token is null || await credentials.FindAsync(token, http.RequestAborted) is not (var session, var claims))
            return new OperatorVisit(OperatorStanding.SignedOut);

        var caller = kind == CredentialKind.Cookie ? session.ByCookie : session.ByBearer;
        if (!caller.IsOperator)
            return new OperatorVisit(OperatorStanding.Refused, caller.Username);
        http.Items[typeof(Caller)] = caller;
        if (kind != CredentialKind.Cookie)
            return new OperatorVisit(OperatorStanding.Operator, caller.Username);
        await cookies.RenewAsync(http, session, claims);
        var csrf = http.Request.Cookies[SessionCookies.CsrfToken];
        return new OperatorVisit(OperatorStanding.Operator, caller.Username, csrf is not null && session.OwnsCsrfToken(csrf) ? csrf : null);
    }

    public async ValueTask<string?> SignInAsync(HttpContext http, string username, string password, string? code)
    {
        var address = addresses.Settle(http);
        if (!ready.IsReady)
            return "The service is starting; try again in a few seconds.";
        if (await limiter.TakeAsync(new RateKey(Guid.Empty, address, Rate.Auth, SignInRoute), UserRateLimits.Standard, http.RequestAborted) is { Allowed: false })
            return Busy;

        await using var scope = ScopeFor(http, Caller.Anonymous, address);
        var outcome = await scope.ServiceProvider.GetRequiredService<PasswordSignIn>().SignInAsync(new PasswordAttempt(username, password, code), http.RequestAborted);
        if (!outcome.IsOk)
            return outcome.Error.Kind == ErrorKind.RateLimited ? Busy : outcome.Error.Message;
        cookies.Write(http, outcome.Value);
        return null;
    }

    public async ValueTask RecordAsync(HttpContext http, string action, string instanceId)
    {
        var caller = (Caller)http.Items[typeof(Caller)]!;
        await using var scope = ScopeFor(http, caller, addresses.Settle(http));
        scope.ServiceProvider.GetRequiredService<AuditTrail>().Write(action, "orchestration", instanceId, ofPlatform: true);
        await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().SaveChangesAsync(http.RequestAborted);
    }

    private AsyncServiceScope ScopeFor(HttpContext http, Caller caller, string address)
    {
        var scope = scopes.CreateScopeFor(caller);
        var holder = scope.ServiceProvider.GetRequiredService<CallerScope>();
        holder.IpAddress = address;
        holder.UserAgent = http.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent[..Math.Min(agent.Length, 500)] : null;
        return scope;
    }
}
