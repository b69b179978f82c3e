namespace Platform.Functions.Http;

/// <summary>Requests for a host name of somebody else's go to what answers for it, in place of the function that their path matches.</summary>
internal sealed class HostRouteMiddleware : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next) =>
        ApiRequest.Of(context.GetHttpContext()!) is { HostRoute: { } route } request ? AnswerAsync(route, request, context) : next(context);

    private static async Task AnswerAsync(HostRoute route, ApiRequest request, FunctionContext context) =>
        context.GetInvocationResult().Value = await route.AnswerAsync(new RawRequest(request), context.InstanceServices);
}
