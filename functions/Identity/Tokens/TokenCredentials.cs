using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Identity;

/// <summary>The access token behind the text of a request's credential.</summary>
internal sealed class TokenCredentials(TokenDirectory directory, JobKeyVerifier jobKeys, RefusedAddresses refused, TimeProvider clock)
{
    private const int ShortestKey = 10;

    /// <summary>Null unless the token is good for this request; a mistyped one costs no look-up. Keys of jobs are good on their own routes only.</summary>
    public async ValueTask<TokenSnapshot?> FindAsync(string text, ApiRequest request)
    {
        if (!TokenSecret.IsWellFormed(text))
            return null;
        var hash = TokenHash.Of(text);
        var token = await directory.FindAsync(hash, request.Http.RequestAborted);
        if (token is null || token.Kind == TokenKind.Job || !token.Accepts(hash, clock.GetUtcNow()))
            return null;
        if (token.AllowsFrom(request.Http.Connection.RemoteIpAddress))
            return token;
        await refused.RecordAsync(token, request.ClientAddress, request.CorrelationId, request.Http.RequestAborted);
        return null;
    }

    /// <summary>The key of the job in the path.</summary>
    public async ValueTask<Result<TokenSnapshot>> FindJobKeyAsync(string? text, ApiRequest request)
    {
        if (string.IsNullOrEmpty(text))
            return JobKeyErrors.Required;
        if (text.Length < ShortestKey)
            return JobKeyErrors.BadFormat;
        var key = await jobKeys.VerifyAsync(text, request.Http.RequestAborted);
        return key.IsOk && JobInPath(request) is { } job && job != key.Value.JobId ? JobKeyErrors.Invalid : key;
    }

    private static Guid? JobInPath(ApiRequest request) =>
        request.Http.Request.RouteValues.TryGetValue("jobId", out var value) ? (value as string ?? value?.ToString() ?? "").ToId() : null;
}
