using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace EmbeddedFunctions.Http;

/// <summary>Paths that belong to the host; those without a handler of their own answer 404, and never reach a function's catch-all.</summary>
internal static class ReservedEndpoints
{
    private static readonly string[] Routes = ["admin/{**path}", "runtime/webhooks/{**path}"];

    public static IEnumerable<Endpoint> All => Routes.Select(route => new RouteEndpoint(NotFoundAsync, RoutePatternFactory.Parse(route), order: 0, EndpointMetadataCollection.Empty, route));

    private static Task NotFoundAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.WriteAsync("""{"error":{"code":"not_found","message":"There is nothing here."}}""");
    }
}
