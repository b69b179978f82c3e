using System.Text;
using Microsoft.AspNetCore.Http;
using Platform.Functions.Documentation;

namespace Platform.Functions.Pages;

/// <summary>How pages for people and their files go out: nothing foreign is loaded, nothing in a page runs but the page's own script file.</summary>
internal static class PageAnswers
{
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private const string Cache = "public, max-age=3600";

    public static IResult Page(HttpRequest http, int status, string html)
    {
        http.HttpContext.Response.Headers.ContentSecurityPolicy = Policy;
        http.HttpContext.Response.Headers.CacheControl = "no-store";
        return Results.Content(html, "text/html; charset=utf-8", Encoding.UTF8, status);
    }

    /// <param name="resource">As <see cref="PageTemplate"/> names it.</param>
    public static CachedAnswer Style(string resource) => new(PageTemplate.Read(resource), "text/css; charset=utf-8", Cache, Policy);

    /// <param name="resource">As <see cref="PageTemplate"/> names it.</param>
    public static CachedAnswer Script(string resource) => new(PageTemplate.Read(resource), "text/javascript; charset=utf-8", Cache, Policy);
}
