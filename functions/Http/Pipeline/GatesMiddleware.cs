namespace Platform.Functions.Http;

/// <summary>Runs the gates of the request's family in the order of its contract; the first refusal ends the request.</summary>
internal sealed class GatesMiddleware(RateGate rate, CredentialGate credential, CsrfGate csrf, PlaceGate place, PermissionGate permission) : IFunctionsWorkerMiddleware
{
    // The table of orders. Size comes before all of them (EnvelopeMiddleware); the form of the input and the object itself come after, in the function.
    private readonly RequestGate[][] _orders =
    [
        /* Executions */ [rate, credential, csrf, place, permission],
        /* Delivery   */ [credential, rate, csrf, place, permission],
        /* Checks     */ [credential, rate, csrf, place, permission],
        /* Agents     */ [credential, rate, csrf, place, permission],
        /* Inference  */ [credential, rate, csrf, place, permission],
    ];

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var request = ApiRequest.Of(context.GetHttpContext()!);
        foreach (var gate in _orders[(int)request.Family])
        {
            var check = gate.CheckAsync(request, context.InstanceServices);
            if (await check is not { } refusal)
                continue;
            request.Refusal = refusal;
            if (gate == permission && request.Operation.Audit is { } word)
                await AuditMiddleware.RefusedAsync(word, request, refusal, context.InstanceServices);
            return;
        }
        await next(context);
    }
}

/// <summary>One condition that a request must meet before its function runs.</summary>
internal abstract class RequestGate
{
    public abstract ValueTask<Error?> CheckAsync(ApiRequest request, IServiceProvider services);
}
