using System.Text.Json;
using EmbeddedFunctions.Http;
using EmbeddedFunctions.Worker;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace EmbeddedFunctions.Management;

/// <summary>
/// The durable HTTP API with the routes, parameters and status codes of the official extension, for those who show a system key (or the master key). Other than there, a parameter that
/// cannot be read is refused with 400 and not ignored.
/// </summary>
internal sealed class ManagementEndpoints(InstanceQueries queries, InstanceCommands commands, InstanceStarts starts, EntityRequests entities, HostKeys keys)
{
    public const string Prefix = "runtime/webhooks/durabletask";
    private const string Instance = "instances/{instanceId}";
    private const string Entity = "entities/{entityName}/{entityKey}";

    public IEnumerable<Endpoint> Build() =>
    [
        Route("GET", "instances", queries.ListAsync),
        Route("DELETE", "instances", queries.PurgeByFilterAsync),
        Route("GET", Instance, queries.GetAsync),
        Route("DELETE", Instance, queries.PurgeAsync),
        Route("POST", $"{Instance}/raiseEvent/{{eventName}}", commands.RaiseEventAsync),
        Route("POST", $"{Instance}/terminate", commands.TerminateAsync),
        Route("POST", $"{Instance}/suspend", commands.SuspendAsync),
        Route("POST", $"{Instance}/resume", commands.ResumeAsync),
        Route("POST", $"{Instance}/rewind", commands.RewindAsync),
        Route("POST", $"{Instance}/restart", starts.RestartAsync),
        Route("POST", "orchestrators/{functionName}/{instanceId?}", starts.StartAsync),
        Route("GET", "entities/{entityName?}", entities.ListAsync),
        Route("GET", Entity, entities.GetAsync),
        Route("POST", "entities/{entityName}/{entityKey?}", entities.SignalAsync),
        Route("DELETE", "entities/{entityName}/{entityKey?}", entities.DeleteAsync),
    ];

    private RouteEndpoint Route(string method, string path, Func<HttpContext, Task> handler)
    {
        var route = $"{Prefix}/{path}";
        return new RouteEndpoint(http => GuardAsync(http, handler), RoutePatternFactory.Parse(route), order: 0, new EndpointMetadataCollection(new HttpMethodMetadata([method])), $"{method} {route}");
    }

    private async Task GuardAsync(HttpContext http, Func<HttpContext, Task> handler)
    {
        if (!await keys.AllowsAsync(http, function: null, AuthorizationLevel.System))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        try
        {
            await handler(http);
        }
        catch (ArgumentException e)
        {
            await ManagementJson.WriteMessageAsync(http, StatusCodes.Status400BadRequest, e.Message);
        }
        catch (JsonException)
        {
            await ManagementJson.WriteMessageAsync(http, StatusCodes.Status400BadRequest, "Invalid JSON content");
        }
        catch (BadHttpRequestException e)
        {
            await ManagementJson.WriteMessageAsync(http, e.StatusCode, e.Message);
        }
    }
}
