using EmbeddedFunctions.Http;
using EmbeddedFunctions.Worker.Http;

namespace EmbeddedFunctions.Worker;

/// <summary>The request of an invocation without ASP.NET Core's types.</summary>
public static class FunctionContextHttpRequestExtensions
{
    /// <summary>The request; null when the function has no HTTP trigger.</summary>
    public static ValueTask<HttpRequestData?> GetHttpRequestDataAsync(this FunctionContext context) =>
        new(context.GetHttpContext() is { } http ? new AspNetCoreRequestData(context, http) : null);
}
