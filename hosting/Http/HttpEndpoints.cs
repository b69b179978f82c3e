using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Invocation;
using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Worker;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Http;

/// <summary>The routes of all HTTP functions and the host's own.</summary>
internal sealed class HttpEndpoints(FunctionCatalog catalog, FunctionPipeline pipeline, HostKeys keys, HostJsonOptions options, ILogger<HttpInvoker> logger)
{
    public IReadOnlyList<Endpoint> Build()
    {
        var endpoints = new List<Endpoint>();
        foreach (var function in catalog.Of(TriggerKind.Http))
            endpoints.Add(Build(function));
        endpoints.AddRange(ReservedEndpoints.All);
        return endpoints;
    }

    private RouteEndpoint Build(DiscoveredFunction function)
    {
        var builder = new RouteEndpointBuilder(new HttpInvoker(function, pipeline, keys, logger).HandleAsync, RoutePatternFactory.Parse(HttpRoutes.Of(function, options.RoutePrefix)), order: 0)
        {
            DisplayName = function.Name,
        };
        if (HttpRoutes.Methods(function) is { Length: > 0 } methods)
            builder.Metadata.Add(new HttpMethodMetadata(methods));
        return (RouteEndpoint)builder.Build();
    }
}
