using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Platform.Functions.Identity;

namespace Platform.Functions.Http;

/// <summary>
/// Finds out who calls: a bearer header wins over the cookie, and a bad bearer does not fall back to it. Never refuses; whether nobody, or a bad credential, is
/// good enough is decided by the gates.
/// </summary>
internal sealed class IdentificationMiddleware(SessionTokens tokens, SessionDirectory sessions, SessionCookies cookies, TimeProvider clock) : IFunctionsWorkerMiddleware
{
    private const string Scheme = "Bearer ";

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var request = ApiRequest.Of(context.GetHttpContext()!);
        var (token, kind) = CredentialOf(request);
        return token is null ? next(context) : IdentifyAsync(token, kind, request, context, next);
    }

    private async Task IdentifyAsync(string token, CredentialKind kind, ApiRequest request, FunctionContext context, FunctionExecutionDelegate next)
    {
        if (await SessionOfAsync(token, request.Http.RequestAborted) is (var session, var claims))
        {
            request.Session = session;
            request.CredentialExpiresAt = claims.ExpiresAt;
            request.Caller = kind == CredentialKind.Cookie ? session.ByCookie : session.ByBearer;
            context.InstanceServices.GetRequiredService<CallerScope>().Current = request.Caller;
            if (kind == CredentialKind.Cookie)
                await cookies.RenewAsync(request.Http, session, claims);
        }
        else
        {
            request.CredentialRefusal = RequestErrors.Unauthenticated;
        }
        await next(context);
    }

    private async ValueTask<(SessionSnapshot Session, SessionClaims Claims)?> SessionOfAsync(string token, CancellationToken ct)
    {
        if (await tokens.CheckAsync(token) is not { } claims)
            return null;
        return await sessions.FindAsync(claims.SessionId, ct) is { } session && session.Accepts(claims, clock.GetUtcNow()) ? (session, claims) : null;
    }

    private static (string? Token, CredentialKind Kind) CredentialOf(ApiRequest request)
    {
        var authorization = request.Http.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return (authorization[Scheme.Length..].Trim(), CredentialKind.Bearer);
        return request.Operation.Auth == Auth.BearerOnly ? default : (request.Http.Request.Cookies[SessionCookies.AccessToken], CredentialKind.Cookie);
    }
}
