using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Platform.Functions.Http;

/// <summary>Whatever no other function serves: JSON 404 in the form of the path's family, and 405 with <c>Allow</c> for a known path.</summary>
[Api(Family.Inference)]
public sealed class FallbackFunctions(RouteTable routes)
{
    public const string Name = "Platform_Fallback";

    /// <summary>Answers unknown routes and methods.</summary>
    [Function(Name)]
    [Operation(Permissions.Public, Rate.None, Csrf = false)]
    public Result<Nothing> Serve(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "{*path}")] HttpRequest http)
    {
        var methods = routes.MethodsOf(http.Path);
        if (methods.Count == 0)
            return RequestErrors.NoRoute;
        http.HttpContext.Response.Headers.Allow = string.Join(", ", methods);
        return new Error(ErrorKind.BadState, RequestErrors.MethodCode, "Method Not Allowed");
    }
}
