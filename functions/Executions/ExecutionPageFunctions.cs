using System.Text;
using Microsoft.AspNetCore.Http;
using Platform.Functions.Identity;
using Platform.Identity.OAuth;

namespace Platform.Functions.Executions;

/// <summary>The page for people, behind the browser's session: run a script, watch it, look at earlier runs.</summary>
[Api(Family.Executions)]
public sealed class ExecutionPageFunctions(ExecutionPage page, ExecutionPageFiles files, PasswordSignIn signIn, SessionCookies cookies, Caller caller)
{
    private const string Root = "executions";
    private const string Html = "text/html";

    private static readonly PageTemplate SignIn = new("sign-in.html");
    private static readonly Error NoFile = Error.NotFound("file.not_found", "There is no such file");

    /// <summary>The page: editor and history. Without a session it is the sign-in.</summary>
    [Function("ExecutionPage_Show")]
    [Operation(Permissions.Public, Rate.Api, Query = typeof(ExecutionPageQuery), Response = typeof(string), Produces = Html)]
    public async Task<object> ShowAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Root)] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<ExecutionPageQuery>();
        return query.IsOk ? await AnswerAsync(http, id: null, query.Value, ct) : (Result<Nothing>)query.Error;
    }

    /// <summary>The page with one execution open, which it watches to its end.</summary>
    [Function("ExecutionPage_ShowExecution")]
    [Operation(Permissions.Public, Rate.Api, Query = typeof(ExecutionPageQuery), Response = typeof(string), Produces = Html)]
    public async Task<object> ShowExecutionAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{Root}/{{executionId}}")] HttpRequest http, string executionId, CancellationToken ct)
    {
        var query = http.ReadQuery<ExecutionPageQuery>();
        return query.IsOk ? await AnswerAsync(http, executionId.ToId(), query.Value, ct) : (Result<Nothing>)query.Error;
    }

    /// <summary>Script and style of the page.</summary>
    [Function("ExecutionPage_File")]
    [Operation(Permissions.Public, Rate.Documentation, Response = typeof(string), Produces = "text/plain")]
    public object File([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{Root}/files/{{name}}")] HttpRequest http, string name) =>
        files.Find(name) is { } file ? file : (Result<Nothing>)NoFile;

    /// <summary>Open the session that the page needs, and go back to it.</summary>
    [Function("ExecutionPage_SignIn")]
    [Operation(Permissions.Public, Rate.Auth, Csrf = false, Form = typeof(ExecutionPageSignIn), Response = typeof(string), Produces = Html)]
    public async Task<object> SignInAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{Root}/sign-in")] HttpRequest http, CancellationToken ct)
    {
        var form = await http.ReadFormBodyAsync<ExecutionPageSignIn>(ct);
        if (!form.IsOk)
            return (Result<Nothing>)form.Error;
        var code = form.Value.Code is { Length: > 0 } given ? given : null;
        var outcome = await signIn.SignInAsync(new PasswordAttempt(form.Value.Username, form.Value.Password, code), ct);
        var target = Local(form.Value.ReturnTo);
        if (!outcome.IsOk)
            return AskToSignIn(http, target, AuthFunctions.Told(outcome.Error));
        cookies.Write(http.HttpContext, outcome.Value);
        http.HttpContext.Response.Headers.Location = target;
        return Page(http, StatusCodes.Status303SeeOther, "");
    }

    private async Task<object> AnswerAsync(HttpRequest http, Guid? id, ExecutionPageQuery query, CancellationToken ct)
    {
        if (caller.Credential != CredentialKind.Cookie)
            return AskToSignIn(http, Local(query.AddressOf(http.Path, number: null)), refusal: null);
        if (!caller.Can(Permissions.ExecutionsRead))
            return (Result<Nothing>)PermissionErrors.Missing(caller, Permissions.ExecutionsRead);
        return await page.RenderAsync(id, query, ct) is { } html ? Page(http, StatusCodes.Status200OK, html) : (Result<Nothing>)Platform.Executions.ExecutionErrors.NotFound;
    }

    private static IResult AskToSignIn(HttpRequest http, string returnTo, Error? refusal)
    {
        if (refusal?.RetryAfter is { } wait)
            http.HttpContext.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString();
        var status = refusal?.Kind switch
        {
            ErrorKind.Locked => StatusCodes.Status423Locked,
            ErrorKind.RateLimited => StatusCodes.Status429TooManyRequests,
            _ => StatusCodes.Status401Unauthorized,
        };
        return Page(http, status, SignIn.Fill(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["return_to"] = PageTemplate.Encode(returnTo),
            ["refusal"] = refusal is null ? "" : $"""<p class="refusal" role="alert">{PageTemplate.Encode(refusal.Message)}</p>""",
        }));
    }

    private static IResult Page(HttpRequest http, int status, string html)
    {
        http.HttpContext.Response.Headers.ContentSecurityPolicy = ExecutionPageFiles.Policy;
        http.HttpContext.Response.Headers.CacheControl = "no-store";
        return Results.Content(html, "text/html; charset=utf-8", Encoding.UTF8, status);
    }

    // Back to this page and nowhere else.
    private static string Local(string? target) =>
        LocalRedirect.Of(target) is var path && (path == $"/{Root}" || path.StartsWith($"/{Root}/", StringComparison.Ordinal) || path.StartsWith($"/{Root}?", StringComparison.Ordinal)) ? path : $"/{Root}";
}
