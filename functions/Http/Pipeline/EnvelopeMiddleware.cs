using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Platform.Functions.Http;

/// <summary>
/// Turns what the function returned into the family's wire form. Answers are executed here and removed from the invocation result, since a value left there is
/// serialised a second time into the worker's reply, and a result that failed later would reach the client as an empty 200.
/// </summary>
internal sealed class EnvelopeMiddleware(ResponseWriter responses, ILogger<EnvelopeMiddleware> log) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext()!;
        var request = ApiRequest.Of(http);
        try
        {
            if (IsTooLarge(request))
                request.Refusal = RequestErrors.TooLarge;
            else
                await next(context);
            await AnswerAsync(context, request);
        }
        catch (Exception fault)
        {
            await AnswerFaultAsync(fault, request, context.FunctionDefinition.Name);
        }
        finally
        {
            context.GetInvocationResult().Value = null;
            request.Release();
        }
    }

    private static bool IsTooLarge(ApiRequest request) => request.Http.Request.ContentLength is { } length && length > request.BodyLimit;

    private async Task AnswerAsync(FunctionContext context, ApiRequest request)
    {
        if (request.Refusal is { } refusal)
        {
            await responses.RefuseAsync(request, refusal);
            return;
        }
        switch (context.GetInvocationResult().Value)
        {
            case null:
                break;   // the function wrote the response itself
            case IResult result:
                await result.ExecuteAsync(request.Http);
                break;
            case IResultValue { Error: { } error }:
                await responses.RefuseAsync(request, error);
                break;
            case IResultValue value:
                await responses.AnswerAsync(request, value.Value);
                break;
            case var plain:
                await responses.AnswerAsync(request, plain);
                break;
        }
    }

    private async Task AnswerFaultAsync(Exception fault, ApiRequest request, string function)
    {
        var http = request.Http;
        if (http.RequestAborted.IsCancellationRequested && fault is OperationCanceledException or IOException or ConnectionResetException)
            return;
        var error = Faults.ToError(fault);
        if (error.Code == RequestErrors.FaultCode)
            log.LogError(fault, "Function {Function} failed; correlation {CorrelationId}", function, request.CorrelationId);
        else
            log.LogWarning(fault, "Function {Function} was refused by {Code}; correlation {CorrelationId}", function, error.Code, request.CorrelationId);

        if (http.Response.HasStarted)
            http.Abort();   // part of an answer is out; cutting the connection is the only way to say that it is not whole
        else
            await responses.RefuseAsync(request, error);
    }
}
