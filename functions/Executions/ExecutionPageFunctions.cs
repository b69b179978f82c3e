using Microsoft.AspNetCore.Http;
using Platform.Functions.Pages;

namespace Platform.Functions.Executions;

/// <summary>The page for people, behind the browser's session: run a script, watch it, look at earlier runs.</summary>
[Api(Family.Executions)]
public sealed class ExecutionPageFunctions(ExecutionPage page, ExecutionPageFiles files, PageSignIn signIn, Caller caller)
{
    private const string Root = "executions";
    private const string Html = "text/html";

    private static readonly PageArea Area = new($"/{Root}", "Executions");
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
    [Operation(Permissions.Public, Rate.Auth, Csrf = false, Form = typeof(PageSignInForm), Response = typeof(string), Produces = Html)]
    public async Task<object> SignInAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{Root}/sign-in")] HttpRequest http, CancellationToken ct)
    {
        var form = await http.ReadFormBodyAsync<PageSignInForm>(ct);
        return form.IsOk ? await signIn.OpenAsync(Area, http, form.Value, ct) : (Result<Nothing>)form.Error;
    }

    private async Task<object> AnswerAsync(HttpRequest http, Guid? id, ExecutionPageQuery query, CancellationToken ct)
    {
        if (caller.Credential != CredentialKind.Cookie)
            return PageSignIn.Ask(Area, http, query.AddressOf(http.Path, number: null), refusal: null);
        if (!caller.Can(Permissions.ExecutionsRead))
            return (Result<Nothing>)PermissionErrors.Missing(caller, Permissions.ExecutionsRead);
        return await page.RenderAsync(id, query, ct) is { } html ? PageAnswers.Page(http, StatusCodes.Status200OK, html) : (Result<Nothing>)Platform.Executions.ExecutionErrors.NotFound;
    }
}
