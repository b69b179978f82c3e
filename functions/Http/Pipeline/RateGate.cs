using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;

namespace Platform.Functions.Http;

/// <summary>429: the caller has used up the limit of the operation's class. The identity is the verified one, else the client's address.</summary>
internal sealed class RateGate(RateLimiter limiter, RateRules rules, TimeProvider clock) : RequestGate
{
    public override ValueTask<Error?> CheckAsync(ApiRequest request, IServiceProvider services)
    {
        if (request.Operation.Rate == Rate.None)
            return default;
        var user = request.Caller.UserId;
        var key = new RateKey(user ?? Guid.Empty, user is null ? request.ClientAddress : null, request.Operation.Rate, request.Operation.Route);
        var take = limiter.TakeAsync(key, request.Session?.Limits ?? UserRateLimits.Standard, request.Http.RequestAborted);
        return CheckAsync(take, request, services);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]

    private async ValueTask<Error?> CheckAsync(ValueTask<RateStanding?> take, ApiRequest request, IServiceProvider services)
    {
        if (await take is not { } standing)
            return null;
        if (standing.Allowed)
        {
            if (request.Family is Family.Executions or Family.Delivery)
                WriteHeaders(request, standing);
            return null;
        }
        if (standing.IsFault)
            return new Error(ErrorKind.Unavailable, "rate.store_unavailable", "Service temporarily unavailable") { RetryAfter = TimeSpan.FromSeconds(5) };
        WriteHeaders(request, standing);
        if (standing.FirstRefusal)
            await RaiseAsync(request, standing, services);
        var wait = TimeSpan.FromMilliseconds(Math.Max(1, standing.FreeAt - clock.GetUtcNow().ToUnixTimeMilliseconds()));
        return new Error(ErrorKind.RateLimited, RequestErrors.RateCode, "Rate limit exceeded") { RetryAfter = wait };
    }

    private void WriteHeaders(ApiRequest request, RateStanding standing)
    {
        var headers = request.Http.Response.Headers;
        headers["X-RateLimit-Limit"] = standing.Limit.ToString();
        headers["X-RateLimit-Remaining"] = standing.Remaining.ToString();
        headers["X-RateLimit-Reset"] = ((standing.ResetAt + 999) / 1000).ToString();
        if (request.Family == Family.Executions)
            headers["X-RateLimit-Algorithm"] = rules.Algorithm;
    }

    private async Task RaiseAsync(ApiRequest request, RateStanding standing, IServiceProvider services)
    {
        var db = services.GetRequiredService<PlatformDbContext>();
        var window = (int)rules.Of(request.Operation.Rate)!.Window.TotalSeconds;
        db.Raise(new RateLimitExceeded(request.Caller.UserId, $"/{request.Operation.Route}", standing.Limit, window));
        await db.SaveChangesAsync(request.Http.RequestAborted);
    }
}
