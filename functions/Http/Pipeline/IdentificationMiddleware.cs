using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Platform.Functions.Identity;

namespace Platform.Functions.Http;

/// <summary>
/// Finds out who calls: <c>X-API-Key</c> where it is read, else a bearer header, else the cookie; a bad credential does not fall back to the next. Never refuses;
/// whether nobody, or a bad credential, is good enough is decided by the gates.
/// </summary>
internal sealed class IdentificationMiddleware(SessionCredentials sessions, TokenCredentials tokens, TokenUseRecorder uses, SessionCookies cookies, TimeProvider clock) : IFunctionsWorkerMiddleware
{
    private const string ApiKeyHeader = "X-API-Key";

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var request = ApiRequest.Of(context.GetHttpContext()!);
        var (text, kind) = CredentialOf(request.Http.Request, request.Operation);
        if (request.Operation.Auth == Auth.JobKey)
            return IdentifyJobKeyAsync(text, request, context, next);
        if (text is null)
            return next(context);
        return kind == CredentialKind.AccessToken ? IdentifyTokenAsync(text, request, context, next) : IdentifySessionAsync(text, kind, request, context, next);
    }

    private bool IsGood(SessionSnapshot session, Operation operation) => operation.EndsImpersonation || !session.IsImpersonationOver(clock.GetUtcNow());

    private static (string? Text, CredentialKind Kind) CredentialOf(HttpRequest http, Operation operation)
    {
        if (operation.ReadsApiKey && http.Headers.TryGetValue(ApiKeyHeader, out var key))
            return (key.ToString(), CredentialKind.AccessToken);
        var (text, kind) = SessionCredentials.Of(http, cookies: operation.Auth is not (Auth.BearerOnly or Auth.JobKey));
        return kind == CredentialKind.Bearer && TokenSecret.IsToken(text) ? (text, CredentialKind.AccessToken) : (text, kind);
    }

    private async Task IdentifySessionAsync(string text, CredentialKind kind, ApiRequest request, FunctionContext context, FunctionExecutionDelegate next)
    {
        if (await sessions.FindAsync(text, request.Http.RequestAborted) is (var session, var claims) && IsGood(session, request.Operation))
        {
            request.Session = session;
            request.CredentialExpiresAt = claims.ExpiresAt;
            SetCaller(kind == CredentialKind.Cookie ? session.ByCookie : session.ByBearer, request, context);
            if (kind == CredentialKind.Cookie)
                await cookies.RenewAsync(request.Http, session, claims);
        }
        else
        {
            request.CredentialRefusal = RequestErrors.Unauthenticated;
        }
        await next(context);
    }

    private async Task IdentifyTokenAsync(string text, ApiRequest request, FunctionContext context, FunctionExecutionDelegate next)
    {
        if (await tokens.FindAsync(text, request) is { } token)
            SetToken(token, request, context);
        else
            request.CredentialRefusal = RequestErrors.Unauthenticated;
        await next(context);
    }

    private async Task IdentifyJobKeyAsync(string? text, ApiRequest request, FunctionContext context, FunctionExecutionDelegate next)
    {
        var key = await tokens.FindJobKeyAsync(text, request);
        if (key.IsOk)
            SetToken(key.Value, request, context);
        else
            request.CredentialRefusal = key.Error;
        await next(context);
    }

    private void SetToken(TokenSnapshot token, ApiRequest request, FunctionContext context)
    {
        uses.Begin(request, token);
        SetCaller(token.Caller, request, context);
    }

    private static void SetCaller(Caller caller, ApiRequest request, FunctionContext context)
    {
        request.Caller = caller;
        context.InstanceServices.GetRequiredService<CallerScope>().Current = caller;
    }
}
