using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;

namespace Platform.RateLimits;

/// <summary>The limit of one class: so many requests in a window, per identity and route.</summary>
/// <param name="Group">The class's word on the wire and in settings.</param>
/// <param name="Burst">Token bucket only: capacity = limit × burst.</param>
/// <param name="HalfForAnonymous">A caller known only by address has half the limit.</param>
/// <param name="Always">Protects accounts and mailboxes: no override and no switch lifts it, and a fault of the store refuses instead of passing.</param>
/// <param name="PerRoute">Each route has a bucket of its own; else one bucket serves the class.</param>
public sealed record RateRule(string Group, int Limit, TimeSpan Window, double Burst = 1, bool HalfForAnonymous = false, bool Always = false, bool PerRoute = true);

/// <summary>The rules by class. <c>RateLimit:Limits:{class}</c> replaces a limit.</summary>
public sealed class RateRules
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly RateRule?[] _rules;

    public RateRules(IConfiguration configuration)
    {
        Enabled = configuration.GetValue("RateLimit:Enabled", defaultValue: true);
        Algorithm = configuration["RateLimit:Algorithm"] ?? SlidingWindow;
        if (!Algorithms.Contains(Algorithm))
            throw new InvalidOperationException($"RateLimit:Algorithm is '{Algorithm}'; it must be one of {string.Join(", ", Algorithms.Order(StringComparer.Ordinal))}");
        _rules = [.. Enum.GetValues<Rate>().Select(rate => Configured(Default(rate), configuration))];
        RefuseUnknown(configuration.GetSection("RateLimit"), ["Enabled", "Algorithm", "Limits"]);
        RefuseUnknown(configuration.GetSection("RateLimit:Limits"), _rules.OfType<RateRule>().Select(rule => rule.Group));
    }

    public const string SlidingWindow = "sliding_window";

    public const string TokenBucket = "token_bucket";

    /// <summary>Accepted names; <c>fixed_window</c> and <c>leaky_bucket</c> act as the sliding window.</summary>
    public static readonly FrozenSet<string> Algorithms = new[] { SlidingWindow, TokenBucket, "fixed_window", "leaky_bucket" }.ToFrozenSet(StringComparer.Ordinal);

    public bool Enabled { get; }

    public string Algorithm { get; }

    /// <summary>Null for a class without limit.</summary>
    public RateRule? Of(Rate rate) => _rules[(int)rate];

    private static RateRule? Configured(RateRule? rule, IConfiguration configuration) =>
        rule is not null && configuration.GetValue<int?>($"RateLimit:Limits:{rule.Group}") is { } limit ? rule with { Limit = limit } : rule;

    // A misspelt limit would otherwise be no limit.
    private static void RefuseUnknown(IConfigurationSection section, IEnumerable<string> known)
    {
        var names = known.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (section.GetChildren().FirstOrDefault(child => !names.Contains(child.Key)) is { } unknown)
            throw new InvalidOperationException($"{unknown.Path} is no setting; known are {string.Join(", ", names)}");
    }

    private static RateRule? Default(Rate rate) => rate switch
    {
        Rate.None => null,
        Rate.Execution => new("execution", 10, Minute, 1.5, HalfForAnonymous: true),
        Rate.Auth => new("auth", 20, Minute, 1.5, HalfForAnonymous: true, Always: true),
        Rate.Admin => new("admin", 100, Minute, 2, HalfForAnonymous: true),
        Rate.Sse => new("sse", 30, Minute, HalfForAnonymous: true),
        Rate.Api => new("api", 60, Minute, 1.5, HalfForAnonymous: true),
        Rate.Default => new("default", 100, Minute, PerRoute: false),
        Rate.Token => new("token", 10, Minute, Always: true),
        Rate.Sensitive => new("sensitive", 5, Minute, Always: true),
        Rate.Invoke => new("invoke", 600, Minute),
        Rate.Ingest => new("ingest", 600, Minute, PerRoute: false),
        Rate.Mail => new("mail", 3, TimeSpan.FromMinutes(15), Always: true),
        Rate.Invitation => new("invitation", 10, TimeSpan.FromHours(1), Always: true, PerRoute: false),
        Rate.VerifyKey => new("verify_key", 10, Minute, Always: true),
        Rate.MonitorWrite => new("monitor_write", 20, Minute),
        Rate.Decrypt => new("decrypt", 10, Minute, Always: true, PerRoute: false),
        Rate.Impersonation => new("impersonation", 20, TimeSpan.FromMinutes(5), Always: true),
        Rate.Authoring => new("authoring", 10, Minute, PerRoute: false),
        Rate.Validation => new("validation", 60, Minute),
        Rate.ProviderTest => new("provider_test", 10, Minute),
        Rate.StatusPage => new("status_page", 120, Minute, PerRoute: false),
        Rate.Subscribe => new("subscribe", 5, Minute, Always: true),
        Rate.Documentation => new("documentation", 60, Minute, PerRoute: false),
        Rate.Gateway => new("gateway", 600, Minute, PerRoute: false),
        Rate.Worker => new("worker", 300, Minute, PerRoute: false),
        _ => throw new ArgumentOutOfRangeException(nameof(rate)),
    };
}
