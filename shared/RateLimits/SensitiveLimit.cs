using Platform.Identity;

namespace Platform.RateLimits;

/// <summary>
/// How often a caller may do what only some requests of an operation do (have a credential shown or renewed); counted together with the operations of the class <c>sensitive</c>.
/// </summary>
public sealed class SensitiveLimit(RateLimiter limiter, CallerScope scope, TimeProvider clock)
{
    private static readonly Error Unknown = new(ErrorKind.Unavailable, "rate.unavailable", "Service temporarily unavailable") { RetryAfter = TimeSpan.FromSeconds(5) };

    /// <summary>Counts once more; null as long as it is not too often.</summary>
    public async ValueTask<Error?> CountAsync(CancellationToken ct)
    {
        var caller = scope.Current;
        var key = new RateKey(caller.TokenId ?? caller.UserId ?? Guid.Empty, null, Rate.Sensitive, "");
        if (await limiter.TakeAsync(key, UserRateLimits.Standard, ct) is not { Allowed: false } full)
            return null;
        if (full.IsFault)
            return Unknown;
        var wait = TimeSpan.FromMilliseconds(Math.Max(1, full.FreeAt - clock.GetUtcNow().ToUnixTimeMilliseconds()));
        return new Error(ErrorKind.RateLimited, "rate.rate_limited", "Rate limit exceeded") { RetryAfter = wait };
    }
}
