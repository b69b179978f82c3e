using Microsoft.AspNetCore.Http;
using Platform.UserFunctions;

namespace Platform.Functions.UserFunctions;

/// <summary>Invocations of functions. By themselves, for they are many and need nothing of the database, whereas the other operations have a unit of work.</summary>
[Api(Family.Delivery)]
public sealed class FunctionInvokeFunctions(InvokeFunction invoke, FunctionUrlCalls calls)
{
    public const string CallUrl = "Functions_CallUrl";

    internal const long PayloadLimit = (6 * 1024 * 1024) + (64 * 1024);
    private const long BodyLimit = 6 * 1024 * 1024;
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

    /// <summary>Call a function by its URL. A key goes into the header <c>x-functions-key</c> or the query parameter <c>code</c>; the answer is the function's.</summary>
    [Function(CallUrl)]
    [Operation(Permissions.Public, Rate.Invoke, Raw = true, BodyLimit = BodyLimit, Response = typeof(object))]
    public Task<object?> CallAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = $"{FunctionUrlFunctions.Root}/{{functionId}}/{{*path}}")] HttpRequest http,
        string functionId,
        string? path,
        CancellationToken ct) => calls.AnswerAsync(http.ReadRaw(), functionId.ToId(), $"/{path}", ownHost: false, ct);
}
