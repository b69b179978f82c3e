using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Identity;

/// <summary>Counts a request as a use of its token when its answer begins, so that the caller who has the answer finds it counted.</summary>
public sealed class TokenUseRecorder
{
    private const int MaxUserAgent = 300;

    private readonly TokenUsage _usage;
    private readonly TimeProvider _clock;
    private readonly Func<object, Task> _record;

    public TokenUseRecorder(TokenUsage usage, TimeProvider clock)
    {
        (_usage, _clock) = (usage, clock);
        _record = Record; // one delegate for all requests
    }

    public void Begin(ApiRequest request, TokenSnapshot token)
    {
        request.Token = token;
        request.Http.Response.OnStarting(_record, request);
    }

    private Task Record(object state)
    {
        var request = (ApiRequest)state;
        var (http, token) = (request.Http, request.Token!);
        var agent = http.Request.Headers.UserAgent is [{ } text, ..] ? text[..Math.Min(text.Length, MaxUserAgent)] : null;
        _usage.Record(new TokenUse(
            token.Id, token.IsPrevious, http.Request.Method, request.Operation.Route, http.Response.StatusCode, request.ClientAddress, agent, _clock.GetElapsedTime(request.StartedAt)));
        return Task.CompletedTask;
    }
}
