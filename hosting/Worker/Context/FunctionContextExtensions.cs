using EmbeddedFunctions.Invocation;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Worker;

/// <summary>Access to the HTTP request of an invocation.</summary>
public static class FunctionContextExtensions
{
    // The key under which the official ASP.NET Core integration keeps it, so that contexts made by tests work the same.
    private const string HttpContextKey = "HttpRequestContext";

    /// <summary>The HTTP context, or null when the function has no HTTP trigger.</summary>
    public static HttpContext? GetHttpContext(this FunctionContext context)
    {
        if (context is InvocationContext invocation)
            return invocation.Http;

        return context.Items.TryGetValue(HttpContextKey, out var http) ? http as HttpContext : null;
    }
}
