using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;

namespace Platform.Functions.Http;

/// <summary>429: the caller has used up the limit of the operation's class. The identity is the verified access token, else the user, else the client's address.</summary>
internal sealed class RateGate(RateLimiter limiter, RateRules rules, TimeProvider clock) : RequestGate
{
    public override ValueTask<Error?> CheckAsync(ApiRequest request, IServiceProvider services)
    {
        if (rules.Of(request.Operation.Rate) is not { } rule)
            return default;
        var first = CheckAsync(request.Operation.Rate, rule, request, services);
        return rule.Next is { } next ? CheckFurtherAsync(first, next, request, services) : first;
    }

    private async ValueTask<Error?> CheckFurtherAsync(ValueTask<Error?> first, Rate further, ApiRequest request, IServiceProvider services)
    {
        var refusal = await first;
        for (Rate? rate = further; refusal is null && rate is { } next; rate = rules.Of(next)!.Next)
            refusal = await CheckAsync(next, rules.Of(next)!, request, services);
        return refusal;
    }

    private ValueTask<Error?> CheckAsync(Rate rate, RateRule rule, ApiRequest request, IServiceProvider services)
    {
        if (KeyOf(rate, rule, request) is not { } key)
            return default;
        var limits = rule.Identity is RateIdentity.Caller or RateIdentity.Member ? request.Session?.Limits ?? request.Token?.Limits : null;
        return CheckAsync(rate, limiter.TakeAsync(key, limits ?? UserRateLimits.Standard, request.Http.RequestAborted), request, services);
    }

    private static RateKey? KeyOf(Rate rate, RateRule rule, ApiRequest request)
    {
        var bucket = rule.Per switch
        {
            RateScope.Class => "",
            RateScope.Operation => request.Operation.Name,
            _ => request.Operation.Route,
        };
        var caller = request.Caller;
        return rule.Identity switch
        {
            RateIdentity.Stranger when caller.UserId is not null => null,
            RateIdentity.Organization when caller.OrganizationId is { } organization => new RateKey(organization, null, rate, bucket),
            RateIdentity.Member when caller is { UserId: { } member, OrganizationId: { } organization } => new RateKey(member, null, rate, $"{organization:N}|{bucket}"),
            RateIdentity.Caller when (caller.TokenId ?? caller.UserId) is { } credential => new RateKey(credential, null, rate, bucket),
            _ => new RateKey(Guid.Empty, request.ClientAddress, rate, bucket),
        };
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]

    private async ValueTask<Error?> CheckAsync(Rate rate, ValueTask<RateStanding?> take, ApiRequest request, IServiceProvider services)
    {
        if (await take is not { } standing)
            return null;
        if (standing.Allowed)
        {
            if (rate == request.Operation.Rate && request.Family is (Family.Executions or Family.Delivery))
                WriteHeaders(request, standing);
            return null;
        }
        if (standing.IsFault)
            return new Error(ErrorKind.Unavailable, "rate.store_unavailable", "Service temporarily unavailable") { RetryAfter = TimeSpan.FromSeconds(5) };
        WriteHeaders(request, standing);
        if (standing.FirstRefusal)
            await RaiseAsync(rate, request, standing, services);
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

    private async Task RaiseAsync(Rate rate, ApiRequest request, RateStanding standing, IServiceProvider services)
    {
        var db = services.GetRequiredService<PlatformDbContext>();
        var window = (int)rules.Of(rate)!.Window.TotalSeconds;
        db.Raise(new RateLimitExceeded(request.Caller.UserId, $"/{request.Operation.Route}", standing.Limit, window));
        await db.SaveChangesAsync(request.Http.RequestAborted);
    }
}
