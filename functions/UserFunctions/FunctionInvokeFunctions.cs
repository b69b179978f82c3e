using Microsoft.AspNetCore.Http;
using Platform.UserFunctions;

namespace Platform.Functions.UserFunctions;

/// <summary>Invocations of functions. By themselves, for they are many and need nothing of the database, whereas the other operations have a unit of work.</summary>
[Api(Family.Delivery)]
public sealed class FunctionInvokeFunctions(InvokeFunction invoke)
{
    internal const long PayloadLimit = (6 * 1024 * 1024) + (64 * 1024);
    private const int KeptAnswerLimit = 256 * 1024;

    /// <summary>Run the active version and wait for its result.</summary>
    [Function("Functions_Invoke")]
    [Operation(Permissions.FunctionsInvoke, Rate.Invoke, ObjectFirst = true, Idempotent = true, SealedAnswerLimit = KeptAnswerLimit, Body = typeof(Invocation), BodyLimit = PayloadLimit)]
    public async Task<Result<InvocationView>> InvokeAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/functions/{functionId}/invoke")] HttpRequest http, string functionId, CancellationToken ct)
    {
        var found = await invoke.FindAsync(functionId.ToId(), ct);
        var body = found.IsOk ? await http.ReadBodyAsync<Invocation>(ct) : found.Error;
        return body.IsOk ? await invoke.RunAsync(found.Value, body.Value, ct) : body.Error;
    }
}
