using Microsoft.AspNetCore.Http;
using Platform.Functions.Documentation;

namespace Platform.Functions.Http;

/// <summary>The root page, and what no other function serves: JSON 404 in the form of the path's family, and 405 with <c>Allow</c> for a known path.</summary>
[Api(Family.Inference)]
public sealed class FallbackFunctions(RouteTable routes, RootPage root)
{
    public const string Name = "Platform_Fallback";

    /// <summary>What runs here: a page for browsers, a service card for programs.</summary>
    [Function(Name)]
    [Operation(Permissions.Public, Rate.None, Response = typeof(ServiceCard))]
    public object Serve(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "{*path}")] HttpRequest http)
    {
        var isRoot = http.Path.Value is "" or "/";
        if (isRoot && (HttpMethods.IsGet(http.Method) || HttpMethods.IsHead(http.Method)))
            return root.Answer(http);
        return (Result<Nothing>)Refuse(http, isRoot ? ["GET", "HEAD"] : routes.MethodsOf(http.Path));
    }

    private static Error Refuse(HttpRequest http, IReadOnlyCollection<string> methods)
    {
        if (methods.Count == 0)
            return RequestErrors.NoRoute;
        http.HttpContext.Response.Headers.Allow = string.Join(", ", methods);
        return new Error(ErrorKind.BadState, RequestErrors.MethodCode, "Method Not Allowed");
    }
}
