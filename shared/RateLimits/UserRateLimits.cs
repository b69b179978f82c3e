namespace Platform.RateLimits;

/// <summary>A user's own factor on rate limits.</summary>
/// <param name="Rules">Own limits by class; the factor does not apply to them.</param>
public sealed record UserRateLimits(bool Bypass, double Multiplier, IReadOnlyDictionary<string, int>? Rules = null)
{
    public static readonly UserRateLimits Standard = new(Bypass: false, Multiplier: 1);
}
