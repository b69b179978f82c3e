using System.Text;
using EmbeddedFunctions.Hosting;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Management.Pages;

/// <summary>The frame of every operator page, and the headers that go with it: no script at all, no foreign content, no framing, no caching.</summary>
internal static class PageLayout
{
    public const string Root = "/admin/orchestrations";
    public const string StylePath = $"{Root}/style.css";
    private const string Policy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static Task WriteAsync(HttpContext http, int status, string title, OperatorVisit visit, HtmlText body)
    {
        var page = new HtmlText().Add($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title}</title>
            <link rel="stylesheet" href="{StylePath}">
            </head>
            <body>
            <header><a href="{Root}">Orchestrations</a><span>{visit.Name}</span></header>
            <main>
            {body}
            </main>
            </body>
            </html>
            """);
        SetHeaders(http.Response, "text/html; charset=utf-8", status);
        return http.Response.WriteAsync(page.ToString(), Encoding.UTF8, http.RequestAborted);
    }

    public static void SetHeaders(HttpResponse response, string contentType, int status)
    {
        response.StatusCode = status;
        response.ContentType = contentType;
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers.CacheControl = "no-store";
    }

    public static string InstancePath(string instanceId) => $"{Root}/instance?id={Uri.EscapeDataString(instanceId)}";
}
