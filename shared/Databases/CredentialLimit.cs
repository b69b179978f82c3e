using Platform.Identity;
using Platform.RateLimits;

namespace Platform.Databases;

/// <summary>How often a caller may have credentials shown or renewed; counted together with the other operations of the class <c>sensitive</c>.</summary>
public sealed class CredentialLimit(RateLimiter limiter, CallerScope scope, TimeProvider clock)
{
    public async ValueTask<Error?> CountAsync(CancellationToken ct)
    {
        var caller = scope.Current;
        var key = new RateKey(caller.TokenId ?? caller.UserId ?? Guid.Empty, null, Rate.Sensitive, "");
        if (await limiter.TakeAsync(key, UserRateLimits.Standard, ct) is not { Allowed: false } full)
            return null;
        if (full.IsFault)
            return DatabaseErrors.LimitUnknown;
        return DatabaseErrors.TooOften(TimeSpan.FromMilliseconds(Math.Max(1, full.FreeAt - clock.GetUtcNow().ToUnixTimeMilliseconds())));
    }
}
