using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Platform.Functions.Pages;

namespace Platform.Functions.ConsolePages;

/// <summary>Query of a project's first page.</summary>
public sealed record ConsoleProjectQuery
{
    /// <summary>The time until now that its figures are of.</summary>
    [AllowedValues("1h", "6h", "24h", "7d", "30d")]
    public string Period { get; init; } = "24h";
}

/// <summary>The console: pages for people over the projects that they may see. They read with the caller's rights through the services of the API, and change through the API itself.</summary>
[Api(Family.Executions)]
public sealed class ConsoleFunctions(ConsoleDoor door, ProjectPages pages, ConsoleFiles files, PageSignIn signIn)
{
    internal const string Root = "console";
    internal const string Project = $"{Root}/projects/{{projectId}}";
    internal const string Html = "text/html";

    private static readonly Error NoFile = Error.NotFound("file.not_found", "There is no such file");

    /// <summary>The projects to choose from. Without a session it is the sign-in.</summary>
    [Function("Console_Show")]
    [Operation(Permissions.Public, Rate.Api, Response = typeof(string), Produces = Html)]
    public async Task<object> ShowAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Root)] HttpRequest http, CancellationToken ct) =>
        await door.ShowAsync(http, caller => pages.ListAsync(caller, ct));

    /// <summary>A project at a glance.</summary>
    [Function("Console_ShowProject")]
    [Operation(Permissions.Public, Rate.Api, Query = typeof(ConsoleProjectQuery), Response = typeof(string), Produces = Html)]
    public async Task<object> ShowProjectAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Project)] HttpRequest http, string projectId, CancellationToken ct) =>
        await door.ShowAsync(http, projectId, ConsoleTab.Overview, http.ReadQuery<ConsoleProjectQuery>(), (place, query) => pages.ShowAsync(place, query.Period, ct), ct);

    /// <summary>Script and styles of the console.</summary>
    [Function("Console_File")]
    [Operation(Permissions.Public, Rate.Documentation, Response = typeof(string), Produces = "text/plain")]
    public object File([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{Root}/files/{{name}}")] HttpRequest http, string name) =>
        files.Find(name) is { } file ? file : (Result<Nothing>)NoFile;

    /// <summary>Open the session that the console needs, and go back to the page.</summary>
    [Function("Console_SignIn")]
    [Operation(Permissions.Public, Rate.Auth, Csrf = false, Form = typeof(PageSignInForm), Response = typeof(string), Produces = Html)]
    public async Task<object> SignInAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{Root}/sign-in")] HttpRequest http, CancellationToken ct)
    {
        var form = await http.ReadFormBodyAsync<PageSignInForm>(ct);
        return form.IsOk ? await signIn.OpenAsync(ConsoleDoor.Area, http, form.Value, ct) : (Result<Nothing>)form.Error;
    }
}
