namespace Platform.RateLimits;

/// <summary>A user's own factor on rate limits.</summary>
public sealed record UserRateLimits(bool Bypass, double Multiplier)
{
    public static readonly UserRateLimits Standard = new(Bypass: false, Multiplier: 1);
}
