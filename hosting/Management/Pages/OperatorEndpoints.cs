using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace EmbeddedFunctions.Management.Pages;

/// <summary>The operator pages. Reading wants an operator; changing also a form of these pages, sent from this origin with the session's token.</summary>
internal sealed class OperatorEndpoints(InstanceQueries queries, OperatorActions actions, DurableEngine engine, IOperatorAccess access)
{
    private const int MaxForm = 1024 * 1024;

    private static readonly byte[] Style = ReadStyle();

    public IEnumerable<Endpoint> Build() =>
    [
        Route("GET", "", http => GuardAsync(http, ListAsync)),
        Route("GET", "/instance", http => GuardAsync(http, InstanceAsync)),
        Route("GET", "/style.css", StyleAsync),
        Route("POST", "/sign-in", SignInAsync),
        Route("POST", "/actions/{action}", http => GuardAsync(http, ActAsync)),
    ];

    private static RouteEndpoint Route(string method, string path, RequestDelegate handler) =>
        new(handler, RoutePatternFactory.Parse(PageLayout.Root + path), order: 0, new EndpointMetadataCollection(new HttpMethodMetadata([method])), $"{method} {PageLayout.Root}{path}");

    private async Task GuardAsync(HttpContext http, Func<HttpContext, OperatorVisit, Task> handler)
    {
        var visit = await access.IdentifyAsync(http);
        try
        {
            await (visit.Standing switch
            {
                OperatorStanding.Operator => handler(http, visit),
                OperatorStanding.SignedOut => SignInPage.WriteAsync(http, HttpMethods.IsGet(http.Request.Method) ? http.Request.Path + http.Request.QueryString : PageLayout.Root, refusal: null),
                OperatorStanding.Refused => SignInPage.WriteMessageAsync(http, StatusCodes.Status403Forbidden, "These pages are for the operator of this installation.", visit),
                _ => SignInPage.WriteMessageAsync(http, StatusCodes.Status503ServiceUnavailable, "The service is starting; try again in a few seconds.", visit),
            });
        }
        catch (ArgumentException e)
        {
            await SignInPage.WriteMessageAsync(http, StatusCodes.Status400BadRequest, e.Message, visit);
        }
        catch (JsonException)
        {
            await SignInPage.WriteMessageAsync(http, StatusCodes.Status400BadRequest, "The payload is not JSON.", visit);
        }
        catch (Exception e) when (e is BadHttpRequestException or InvalidDataException)
        {
            await SignInPage.WriteMessageAsync(http, StatusCodes.Status400BadRequest, "The form could not be read.", visit);
        }
    }

    private async Task ListAsync(HttpContext http, OperatorVisit visit)
    {
        var query = ListPage.QueryOf(http);
        await engine.Ready.WaitAsync(http.RequestAborted);
        await ListPage.WriteAsync(http, visit, query, await engine.Node.Store.QueryAsync(query, http.RequestAborted));
    }

    private async Task InstanceAsync(HttpContext http, OperatorVisit visit)
    {
        if (ManagementRequest.Text(http, "id") is { } id && await queries.FindAsync(id, http.RequestAborted) is { } instance)
            await InstancePage.WriteAsync(http, visit, instance, await queries.HistoryAsync(instance, http.RequestAborted));
        else
            await SignInPage.WriteMessageAsync(http, StatusCodes.Status404NotFound, "There is no such orchestration.", visit);
    }

    private async Task ActAsync(HttpContext http, OperatorVisit visit)
    {
        var form = await ReadFormAsync(http);
        var id = form["id"].ToString();
        if (!IsSameOrigin(http.Request) || !IsToken(form["token"].ToString(), visit.FormToken))
            await SignInPage.WriteMessageAsync(http, StatusCodes.Status403Forbidden, "The form is not of this session; load the page again.", visit);
        else if (await queries.FindAsync(id, http.RequestAborted) is null)
            await SignInPage.WriteMessageAsync(http, StatusCodes.Status404NotFound, "There is no such orchestration.", visit);
        else
            await ActAsync(http, visit, id, form);
    }

    private async Task ActAsync(HttpContext http, OperatorVisit visit, string id, IFormCollection form)
    {
        try
        {
            if (await actions.RunAsync(http, (string)http.Request.RouteValues["action"]!, id, form) is { } shown)
                SeeOther(http, await queries.FindAsync(shown, http.RequestAborted) is null ? PageLayout.Root : PageLayout.InstancePath(shown));
            else
                await SignInPage.WriteMessageAsync(http, StatusCodes.Status404NotFound, "There is no such action.", visit);
        }
        catch (InvalidOperationException e)
        {
            await SignInPage.WriteMessageAsync(http, StatusCodes.Status409Conflict, e.Message, visit);
        }
    }

    private async Task SignInAsync(HttpContext http)
    {
        var form = await ReadFormAsync(http);
        var target = form["returnTo"].ToString();
        var returnTo = target == PageLayout.Root || target.StartsWith($"{PageLayout.Root}/", StringComparison.Ordinal) || target.StartsWith($"{PageLayout.Root}?", StringComparison.Ordinal)
            ? target
            : PageLayout.Root;
        var code = form["code"].ToString() is { Length: > 0 } given ? given : null;
        var refusal = IsSameOrigin(http.Request) ? await access.SignInAsync(http, form["username"].ToString(), form["password"].ToString(), code) : "The form is not of this site.";
        if (refusal is null)
            SeeOther(http, returnTo);
        else
            await SignInPage.WriteAsync(http, returnTo, refusal);
    }

    private static Task StyleAsync(HttpContext http)
    {
        PageLayout.SetHeaders(http.Response, "text/css; charset=utf-8", StatusCodes.Status200OK);
        http.Response.Headers.CacheControl = "max-age=3600";
        return http.Response.Body.WriteAsync(Style, http.RequestAborted).AsTask();
    }

    private static Task<IFormCollection> ReadFormAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = MaxForm;
        return http.Request.HasFormContentType ? http.Request.ReadFormAsync(http.RequestAborted) : Task.FromResult<IFormCollection>(FormCollection.Empty);
    }

    // Browsers send Origin with every POST; a client without it is no browser and has no session to be abused.
    private static bool IsSameOrigin(HttpRequest request) =>
        request.Headers.Origin.ToString() is not { Length: > 0 } origin || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);

    private static bool IsToken(string shown, string? token) =>
        token is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(token));

    private static void SeeOther(HttpContext http, string target)
    {
        PageLayout.SetHeaders(http.Response, "text/plain", StatusCodes.Status303SeeOther);
        http.Response.Headers.Location = target;
    }

    private static byte[] ReadStyle()
    {
        using var resource = typeof(OperatorEndpoints).Assembly.GetManifestResourceStream("EmbeddedFunctions.Management.Pages.style.css")
            ?? throw new InvalidOperationException("The style sheet is not among the resources");
        using var content = new MemoryStream();
        resource.CopyTo(content);
        return content.ToArray();
    }
}
