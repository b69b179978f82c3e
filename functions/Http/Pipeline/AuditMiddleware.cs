using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;

namespace Platform.Functions.Http;

/// <summary>Operations with an audit word leave an entry: with their effect when they have one, by itself when they were refused or failed.</summary>
internal sealed class AuditMiddleware : IFunctionsWorkerMiddleware
{
    private static readonly Error Fault = new(ErrorKind.Failed, RequestErrors.FaultCode, "Internal server error");

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var request = ApiRequest.Of(context.GetHttpContext()!);
        return request.Operation.Audit is { } word ? InvokeAsync(word, request, context, next) : next(context);
    }

    /// <summary>The entry of an operation that a gate refused.</summary>
    public static async Task RefusedAsync(string word, ApiRequest request, Error refusal, IServiceProvider services)
    {
        var trail = services.GetRequiredService<AuditTrail>();
        trail.Begin(word, TargetOf(request), request.Operation.NeedsOperator);
        await trail.EndAsync(refusal, request.Http.RequestAborted);
    }

    private static async Task InvokeAsync(string word, ApiRequest request, FunctionContext context, FunctionExecutionDelegate next)
    {
        var trail = context.InstanceServices.GetRequiredService<AuditTrail>();
        trail.Begin(word, TargetOf(request), request.Operation.NeedsOperator);
        try
        {
            await next(context);
        }
        catch
        {
            await trail.EndAsync(Fault, CancellationToken.None);
            throw;
        }
        await trail.EndAsync((context.GetInvocationResult().Value as IResultValue)?.Error ?? request.Refusal, CancellationToken.None);
    }

    // The last id in the path is the object's.
    private static string? TargetOf(ApiRequest request)
    {
        string? target = null;
        foreach (var (name, value) in request.Http.Request.RouteValues)
        {
            if (name.EndsWith("Id", StringComparison.Ordinal))
                target = value as string;
        }
        return target;
    }
}
