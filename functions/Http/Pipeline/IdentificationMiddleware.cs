using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Platform.Functions.Identity;

namespace Platform.Functions.Http;

/// <summary>
/// Finds out who calls: a bearer header wins over the cookie, and a bad bearer does not fall back to it. Never refuses; whether nobody, or a bad credential, is
/// good enough is decided by the gates.
/// </summary>
internal sealed class IdentificationMiddleware(SessionCredentials credentials, SessionCookies cookies) : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var request = ApiRequest.Of(context.GetHttpContext()!);
        var (token, kind) = SessionCredentials.Of(request.Http.Request, cookies: request.Operation.Auth != Auth.BearerOnly);
        return token is null ? next(context) : IdentifyAsync(token, kind, request, context, next);
    }

    private async Task IdentifyAsync(string token, CredentialKind kind, ApiRequest request, FunctionContext context, FunctionExecutionDelegate next)
    {
        if (await credentials.FindAsync(token, request.Http.RequestAborted) is (var session, var claims))
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
}
