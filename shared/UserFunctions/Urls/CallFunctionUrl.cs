namespace Platform.UserFunctions;

/// <summary>Runs functions for callers of their URLs, who need no account. A refusal tells them nothing of what the code printed or where it failed.</summary>
public sealed class CallFunctionUrl(ActiveFunctions active, InvokeFunction invoke)
{
    /// <summary>The function, if it has a URL (404) and the key is right (401).</summary>
    public async ValueTask<Result<ActiveFunction>> FindAsync(Guid id, string? key, CancellationToken ct)
    {
        if (await active.FindAsync(id, ct) is not { UrlAccess: { } access } found)
            return FunctionErrors.NotFound;
        return access == UrlAccess.Public || UrlKey.Matches(key, found.UrlKeyHash) ? found : FunctionErrors.KeyMissing;
    }

    public async Task<Result<UrlResponse>> CallAsync(ActiveFunction function, UrlRequest request, CancellationToken ct)
    {
        if (function.Suspended)
            return FunctionErrors.Suspended;
        var invoked = await invoke.RunAsync(function, request.ToEvent(), ct);
        if (!invoked.IsOk)
            return invoked.Error;
        return invoked.Value.Record.Status == InvocationStatus.Success ? UrlResponse.Of(invoked.Value.Result) : FunctionErrors.Of(invoked.Value.Record.Status);
    }
}
