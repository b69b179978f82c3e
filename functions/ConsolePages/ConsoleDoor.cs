using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Platform.Functions.Pages;
using Platform.Organizations;

namespace Platform.Functions.ConsolePages;

/// <summary>
/// Lets people into the console: without a browser's session they sign in first, and a project that is not one of theirs is not there. What a page refuses it says in
/// words, with the same status as the API.
/// </summary>
public sealed class ConsoleDoor(CallerScope scope, CallerPlace places, ProjectQueries projects)
{
    internal static readonly PageArea Area = new("/console", "Console");

    /// <summary>A page beside the projects.</summary>
    internal async Task<IResult> ShowAsync(HttpRequest http, Func<Caller, Task<Result<ConsoleBody>>> page) => scope.Current.Credential == CredentialKind.Cookie
        ? Answer(http, null, null, await page(scope.Current))
        : PageSignIn.Ask(Area, http, http.GetEncodedPathAndQuery(), refusal: null);

    /// <summary>A page of a project, which is the caller's place from then on.</summary>
    internal async Task<IResult> ShowAsync(HttpRequest http, string projectId, ConsoleTab tab, Func<ConsolePlace, Task<Result<ConsoleBody>>> page, CancellationToken ct)
    {
        if (scope.Current.Credential != CredentialKind.Cookie)
            return PageSignIn.Ask(Area, http, http.GetEncodedPathAndQuery(), refusal: null);
        var moved = await places.AtProjectAsync(scope.Current, projectId.ToId(), orArchived: true, ct);
        if (!moved.IsOk)
            return Answer(http, null, null, moved.Error);
        scope.Current = moved.Value;
        var project = await projects.FindAsync(projectId.ToId(), ct);
        if (!project.IsOk)
            return Answer(http, null, null, project.Error);
        var place = new ConsolePlace(project.Value, moved.Value);
        return Answer(http, place, tab, await page(place));
    }

    /// <summary>As above, with the page's query; one that cannot be read is told on the page.</summary>
    internal Task<IResult> ShowAsync<T>(HttpRequest http, string projectId, ConsoleTab tab, Result<T> query, Func<ConsolePlace, T, Task<Result<ConsoleBody>>> page, CancellationToken ct) =>
        ShowAsync(http, projectId, tab, place => query.IsOk ? page(place, query.Value) : Task.FromResult<Result<ConsoleBody>>(query.Error), ct);

    private IResult Answer(HttpRequest http, ConsolePlace? place, ConsoleTab? tab, Result<ConsoleBody> body) =>
        PageAnswers.Page(http, body.IsOk ? StatusCodes.Status200OK : StatusOf(body.Error), ConsoleFrame.Around(scope.Current, place, tab, body.IsOk ? body.Value : Refused(body.Error)).ToString());

    private static ConsoleBody Refused(Error error) => new(
        error.Kind == ErrorKind.NotFound ? "Not found" : "This cannot be shown",
        Html.Of($"""<p class="refusal">{error.Message}{(error.MissingPermission is { } permission ? $": the permission {permission} is missing" : "")}.</p>{Problems(error)}<p><a href="{Area.Root}">To the projects</a></p>"""));

    private static Html Problems(Error error) =>
        Html.When(error.Problems.Count > 0, () => Html.Of($"<ul>{Html.Join(error.Problems.Select(problem => Html.Of($"<li>{string.Join('.', problem.Location.Skip(1))}: {problem.Message}</li>")))}</ul>"));

    private static int StatusOf(Error error) => error.Kind switch
    {
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        ErrorKind.Forbidden => StatusCodes.Status403Forbidden,
        ErrorKind.Conflict or ErrorKind.BadState => StatusCodes.Status409Conflict,
        ErrorKind.RateLimited => StatusCodes.Status429TooManyRequests,
        ErrorKind.Unavailable or ErrorKind.Upstream => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };
}
