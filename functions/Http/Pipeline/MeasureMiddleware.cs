using Microsoft.Extensions.DependencyInjection;
using Platform.Metrics;

namespace Platform.Functions.Http;

/// <summary>
/// Tells the series of the API of each request that was answered in a project: the one in its path, header, body or query, else the caller's active one. Nobody waits for what is
/// written of it.
/// </summary>
internal sealed class MeasureMiddleware(PlatformSeries series, TimeProvider clock) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        await next(context);
        var request = ApiRequest.Of(context.GetHttpContext()!);
        if (request.Http.RequestAborted.IsCancellationRequested || request.Operation.IsPublic || request.Operation.Name == FallbackFunctions.Name)
            return;
        if (context.InstanceServices.GetRequiredService<CallerScope>().Current is { OrganizationId: { } organization, ProjectId: { } project })
        {
            var call = new ApiCall(organization, project, request.Operation.Route, request.Http.Request.Method, request.Http.Response.StatusCode);
            series.Record(call, request.Operation.Stream ? null : clock.GetElapsedTime(request.StartedAt));
        }
    }
}
