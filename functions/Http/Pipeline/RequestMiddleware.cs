using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Functions.Http;

/// <summary>Finds the operation, settles correlation id and client address, and sets the headers that every answer carries.</summary>
internal sealed class RequestMiddleware(OperationCatalog operations, ClientAddresses addresses, CorsPolicy cors, IHostRoutes hosts, TimeProvider clock) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext()!;
        var route = await hosts.FindAsync(http.Request);
        var name = route?.Operation ?? context.FunctionDefinition.Name;
        var operation = operations.Find(name) ?? throw new InvalidOperationException($"HTTP function '{name}' is not in the operation catalogue");
        var request = new ApiRequest(http, operation)
        {
            HostRoute = route,
            StartedAt = clock.GetTimestamp(),
            CorrelationId = Correlation.Of(http.Request, clock),
            ClientAddress = addresses.Settle(http),
        };
        http.Features.Set(request);
        if (operation.Name == FallbackFunctions.Name)
            (request.Family, request.IsGateway) = FamilyPaths.Of(http.Request.Path);

        var scope = context.InstanceServices.GetRequiredService<CallerScope>();
        scope.CorrelationId = request.CorrelationId;
        scope.IpAddress = request.ClientAddress;
        scope.UserAgent = UserAgent(http.Request);

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;   // RequestBody enforces the operation's own limit
        StandardHeaders.Write(http, request);
        if (route is null && cors.Answers(http))
            return;
        await next(context);
    }

    private static string? UserAgent(HttpRequest request)
    {
        var text = request.Headers.UserAgent.ToString();
        return text.Length switch
        {
            0 => null,
            > 500 => text[..500],
            _ => text,
        };
    }
}
