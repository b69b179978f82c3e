using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;

namespace Platform.RateLimits;

/// <summary>The rules by class. <c>RateLimit:Limits:{class}</c> replaces a limit.</summary>
public sealed class RateRules
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

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

    /// <summary>All classes that have a limit.</summary>
    public IEnumerable<RateRule> All => _rules.OfType<RateRule>();

    /// <summary>Whether nothing limits the user in a class.</summary>
    public bool IsFree(RateRule rule, UserRateLimits user) => !rule.Always && (!Enabled || user.Bypass);

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
        Rate.Execution => new("execution", 10, Minute) { Burst = 1.5, HalfForAnonymous = true },
        Rate.Auth => new("auth", 20, Minute) { Burst = 1.5, HalfForAnonymous = true, Always = true },
        Rate.Admin => new("admin", 100, Minute) { Burst = 2, HalfForAnonymous = true },
        Rate.Sse => new("sse", 30, Minute) { HalfForAnonymous = true },
        Rate.Api => new("api", 60, Minute) { Burst = 1.5, HalfForAnonymous = true },
        Rate.Default => new("default", 100, Minute) { Per = RateScope.Class },
        Rate.General => new("general", 600, Minute) { Per = RateScope.Class },
        Rate.Agents => new("agents", 300, Minute) { Per = RateScope.Class },
        Rate.SandboxCommand => new("sandbox_command", 60, Minute) { Per = RateScope.Class, Next = Rate.Agents },
        Rate.Mcp => new("mcp", 120, Minute) { Per = RateScope.Class },
        Rate.Token => new("token", 10, Minute) { Per = RateScope.Class, Always = true },
        Rate.Sensitive => new("sensitive", 5, Minute) { Per = RateScope.Class, Always = true },
        Rate.Acceptance => new("acceptance", 5, Minute) { Per = RateScope.Class, Always = true, Next = Rate.AcceptanceByAddress },
        Rate.AcceptanceByAddress => new("acceptance_by_address", 30, Minute) { Per = RateScope.Class, Identity = RateIdentity.Address, Always = true },
        Rate.Invoke => new("invoke", 600, Minute) { Per = RateScope.Class },
        Rate.Ingest => new("ingest", 600, Minute) { Per = RateScope.Class },
        Rate.Worker => new("worker", 5, TimeSpan.FromSeconds(1)) { Per = RateScope.Class },
        Rate.Gateway => new("gateway", 600, Minute) { Per = RateScope.Class },
        Rate.Documentation => new("documentation", 60, Minute) { Per = RateScope.Class, Identity = RateIdentity.Stranger },
        _ => OfChecks(rate),
    };

    private static RateRule OfChecks(Rate rate) => rate switch
    {
        Rate.Mail => new("mail", 3, TimeSpan.FromMinutes(15)) { Per = RateScope.Class, Identity = RateIdentity.Address, Always = true },
        Rate.VerificationMail => new("verification_mail", 3, TimeSpan.FromMinutes(5)) { Per = RateScope.Class, Identity = RateIdentity.Address, Always = true },
        Rate.Invitation => new("invitation", 10, Hour) { Per = RateScope.Class, Always = true },
        Rate.VerifyKey => new("verify_key", 10, Minute) { Identity = RateIdentity.Address, Always = true },
        Rate.MonitorWrite => new("monitor_write", 20, Minute) { Per = RateScope.Operation, Identity = RateIdentity.Member },
        Rate.Decrypt => new("decrypt", 10, Minute) { Per = RateScope.Class, Always = true },
        Rate.Impersonation => new("impersonation", 20, TimeSpan.FromMinutes(5)) { Always = true },
        Rate.Validation => new("validation", 60, Minute),
        Rate.ProviderTest => new("provider_test", 10, Minute),
        Rate.StatusPage => new("status_page", 120, Minute) { Per = RateScope.Class, Identity = RateIdentity.Address },
        Rate.Subscribe => new("subscribe", 5, Minute) { Identity = RateIdentity.Address, Always = true, Next = Rate.SubscribeHour },
        Rate.SubscribeHour => new("subscribe_hour", 20, Hour) { Identity = RateIdentity.Address, Always = true },
        _ => OfAuthoring(rate),
    };

    // The shortest window first: what it refuses is not counted in the longer ones.
    private static RateRule OfAuthoring(Rate rate) => rate switch
    {
        Rate.Authoring => new("authoring", 10, Minute) { Per = RateScope.Class, Next = Rate.AuthoringOrganization },
        Rate.AuthoringOrganization => new("authoring_organization", 30, Minute) { Per = RateScope.Class, Identity = RateIdentity.Organization, Next = Rate.AuthoringHour },
        Rate.AuthoringHour => new("authoring_hour", 60, Hour) { Per = RateScope.Class, Next = Rate.AuthoringOrganizationHour },
        Rate.AuthoringOrganizationHour => new("authoring_organization_hour", 200, Hour) { Per = RateScope.Class, Identity = RateIdentity.Organization, Next = Rate.AuthoringDay },
        Rate.AuthoringDay => new("authoring_day", 200, Day) { Per = RateScope.Class, Next = Rate.AuthoringOrganizationDay },
        Rate.AuthoringOrganizationDay => new("authoring_organization_day", 600, Day) { Per = RateScope.Class, Identity = RateIdentity.Organization },
        _ => throw new ArgumentOutOfRangeException(nameof(rate)),
    };
}
