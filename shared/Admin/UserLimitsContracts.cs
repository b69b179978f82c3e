using System.ComponentModel.DataAnnotations;
using Platform.RateLimits;

namespace Platform.Admin;

/// <summary>Body of <c>PUT /admin/users/{userId}/rate-limits</c>: what is left out is as for everybody.</summary>
public sealed record UserLimitsReplacement
{
    /// <summary>No rate limits, but those that protect accounts.</summary>
    public bool BypassRateLimit { get; init; }

    /// <summary>Every rate limit without an own rule times this.</summary>
    [Range(0.01, 1000)]
    public double GlobalMultiplier { get; init; } = 1;

    /// <summary>Requests per window of single classes, by their names; the windows stay.</summary>
    [MaxLength(100)]
    public IReadOnlyDictionary<string, int>? Rules { get; init; }

    /// <summary>Agent messages a day.</summary>
    [Range(1, 100_000)]
    public int? MaxMessagesPerDay { get; init; }

    /// <summary>Longest life of an agent's sandbox in minutes.</summary>
    [Range(1, 10_080)]
    public int? MaxSandboxDuration { get; init; }

    /// <summary>Why; for operators only.</summary>
    [StringLength(1000)]
    public string? Notes { get; init; }
}

/// <summary>A user's exceptions, and the rules that hold for him: class by class, requests per window.</summary>
public sealed record UserLimitsView(
    Guid UserId,
    bool BypassRateLimit,
    double GlobalMultiplier,
    IReadOnlyDictionary<string, int> Rules,
    int? MaxMessagesPerDay,
    int? MaxSandboxDuration,
    string? Notes,
    bool HasCustomLimits,
    DateTimeOffset? UpdatedAt,
    IReadOnlyList<RateRuleView> Effective);

/// <summary>The limit of a class. One that <c>protects_accounts</c> cannot be loosened for a user. <c>requests</c> null is unlimited.</summary>
public sealed record RateRuleView(string Group, int? Requests, double WindowSeconds, double BurstMultiplier, bool ProtectsAccounts)
{
    public static RateRuleView Of(RateRule rule) => new(rule.Group, rule.Limit, rule.Window.TotalSeconds, rule.Burst, rule.Always);
}

/// <summary>The rules for everybody.</summary>
public sealed record RateRulesView(bool Enabled, string Algorithm, IReadOnlyList<RateRuleView> Rules);
