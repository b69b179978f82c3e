using Platform.Data;

namespace Platform.Functions.Http;

/// <summary>503 until the database is migrated, except for operations that need none: health, documentation, unknown routes.</summary>
internal sealed class ReadinessMiddleware(DatabaseReady ready) : IFunctionsWorkerMiddleware
{
    private static readonly Error Starting = new(ErrorKind.Unavailable, RequestErrors.StartingCode, "The service is starting") { RetryAfter = TimeSpan.FromSeconds(2) };

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var request = ApiRequest.Of(context.GetHttpContext()!);
        if (ready.IsReady || NeedsNoDatabase(request.Operation))
            return next(context);
        request.Refusal = Starting;
        return Task.CompletedTask;
    }

    private static bool NeedsNoDatabase(Operation operation) => operation is { IsPublic: true, Rate: Rate.None or Rate.Documentation };
}
