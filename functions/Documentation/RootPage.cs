using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Platform.Functions.Http;

namespace Platform.Functions.Documentation;

/// <summary>The answer to <c>GET /</c>: a page for people, a service card for programs. Touches nothing but memory.</summary>
public sealed class RootPage(OperationCatalog catalog)
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly (Family Family, string Name, string Paths)[] Families =
    [
        (Family.Executions, "executions", "/api/v1/*, /health/*"),
        (Family.Delivery, "delivery", "/api/*"),
        (Family.Checks, "checks", "/api/*"),
        (Family.Agents, "agents", "/api/*"),
        (Family.Inference, "inference", "/*, /v1/*"),
    ];

    private static readonly string Version =
        typeof(RootPage).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    private static readonly byte[] Card = JsonSerializer.SerializeToUtf8Bytes(
        new ServiceCard("Platform", Version, "/swagger-ui/", "/api-docs/openapi.json"), WireJson.Snake.Writing);

    private readonly Lazy<string> _page = new(() => Template()
        .Replace("{{version}}", WebUtility.HtmlEncode(Version), StringComparison.Ordinal)
        .Replace("{{families}}", string.Join('\n', Families.Select(family => Row(catalog, family))), StringComparison.Ordinal));

    public IResult Answer(HttpRequest request)
    {
        request.HttpContext.Response.Headers.Vary = HeaderNames.Accept;
        request.HttpContext.Response.Headers.CacheControl = "no-cache";
        if (!PrefersHtml(request))
            return Results.Bytes(Card, "application/json");
        request.HttpContext.Response.Headers.ContentSecurityPolicy = Policy;
        var origin = WebUtility.HtmlEncode($"{request.Scheme}://{request.Host}");
        return Results.Content(_page.Value.Replace("{{origin}}", origin, StringComparison.Ordinal), "text/html; charset=utf-8", Encoding.UTF8);
    }

    /// <summary>HTML is named and weighs at least as much as JSON; <c>*/*</c> (curl and most libraries) means the card.</summary>
    private static bool PrefersHtml(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
            return false;
        var html = accepted.Where(type => type.MediaType == "text/html").Select(type => type.Quality ?? 1).DefaultIfEmpty(0).Max();
        var json = accepted.Where(type => type.MediaType == "application/json").Select(type => type.Quality ?? 1).DefaultIfEmpty(0).Max();
        return html > 0 && html >= json;
    }

    private static string Row(OperationCatalog catalog, (Family Family, string Name, string Paths) family)
    {
        var served = catalog.All.Where(operation => operation.Family == family.Family && operation.Name != FallbackFunctions.Name).Sum(operation => operation.Methods.Count);
        return $"      <tr><td>{family.Name}</td><td><code>{family.Paths}</code></td><td>{served}</td></tr>";
    }

    private static string Template()
    {
        using var resource = typeof(RootPage).Assembly.GetManifestResourceStream(typeof(RootPage).FullName + ".html")
            ?? throw new InvalidOperationException("The root page is not among the resources");
        using var reader = new StreamReader(resource, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

/// <summary>What runs here, for programs.</summary>
public sealed record ServiceCard(string Name, string Version, string Docs, string Openapi);
