using Microsoft.Extensions.Options;

namespace Platform.Identity;

/// <summary>When a token is to end, as a request says it: at a time, after days, never, or nothing at all.</summary>
/// <param name="IsNever">An explicit null.</param>
public readonly record struct WishedEnd(DateTimeOffset? At, int? Days, bool IsNever)
{
    public bool IsGiven => At is not null || Days is not null || IsNever;
}

/// <summary>How long access tokens of users live: 90 days by default, a year at most.</summary>
public sealed class TokenLife(IOptions<TokenOptions> options, TimeProvider clock)
{
    public const int DefaultDays = 90;
    public const int MaxDays = 365;

    /// <summary>The end that the wish means.</summary>
    /// <param name="otherwise">The life of a token without a wish; null stands for none.</param>
    public Result<DateTimeOffset?> EndOf(WishedEnd wish, TimeSpan? otherwise)
    {
        var now = clock.GetUtcNow();
        if (wish.IsNever)
            return options.Value.AllowNonExpiring ? (DateTimeOffset?)null : TokenErrors.NeverNotAllowed;
        if (!wish.IsGiven)
            return now + otherwise;
        var end = wish.At ?? now.AddDays(wish.Days!.Value);
        if (end <= now)
            return TokenErrors.NotInTheFuture;
        return end > now.AddDays(MaxDays) ? TokenErrors.TooLong : end;
    }
}
