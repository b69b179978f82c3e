using System.ComponentModel.DataAnnotations;
using Platform.Admin;
using Platform.Events;

namespace Platform.Functions.Admin;

/// <summary>Query of <c>GET /admin/users</c>.</summary>
public sealed record ExecutionsUserFilter
{
    /// <summary>Size of the page.</summary>
    [Range(1, 1000)]
    public int Limit { get; init; } = 100;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }

    /// <summary>Part of the username or e-mail, any case.</summary>
    [StringLength(254)]
    public string? Search { get; init; }

    /// <summary>Users of this platform role only.</summary>
    public PlatformRole? Role { get; init; }

    public UserFilter ToFilter() => new(Search, Limit, Offset, Role);
}

/// <summary>Body of <c>POST /admin/users</c>.</summary>
public sealed record ExecutionsNewUser(
    [Required, StringLength(64, MinimumLength = 3), RegularExpression("^[A-Za-z0-9_.-]+$")] string Username,
    [Required, StringLength(254), EmailForm] string Email,
    [Required] string Password,
    PlatformRole Role = PlatformRole.User,
    bool IsActive = true)
{
    public NewAccount ToAccount() => new(Username, Email, Password, Role, IsActive);
}

/// <summary>Body of <c>PUT /admin/users/{userId}</c>; what is absent or null stays.</summary>
public sealed record ExecutionsUserChange
{
    [StringLength(64, MinimumLength = 3), RegularExpression("^[A-Za-z0-9_.-]+$")]
    public string? Username { get; init; }

    [StringLength(254), EmailForm]
    public string? Email { get; init; }

    public PlatformRole? Role { get; init; }

    public bool? IsActive { get; init; }

    /// <summary>A new password; ends the user's sessions and his lockout.</summary>
    public string? Password { get; init; }

    /// <summary>No rate limits, but those that protect accounts.</summary>
    public bool? BypassRateLimit { get; init; }

    /// <summary>Every rate limit times this.</summary>
    [Range(0.01, 1000)]
    public double? GlobalMultiplier { get; init; }

    /// <summary>Agent messages a day; 0 brings the platform's limit back.</summary>
    [Range(0, 100_000)]
    public int? MaxMessagesPerDay { get; init; }

    /// <summary>Longest life of an agent's sandbox in minutes; 0 brings the platform's limit back.</summary>
    [Range(0, 10_080)]
    public int? MaxSandboxDuration { get; init; }

    public UserChange ToChange() => new()
    {
        Username = Username?.Trim(),
        Email = Email?.Trim(),
        Role = Role,
        IsActive = IsActive,
        Password = Password,
        Limits = BypassRateLimit is null && GlobalMultiplier is null && MaxMessagesPerDay is null && MaxSandboxDuration is null
            ? null
            : new UserLimitsChange(BypassRateLimit, GlobalMultiplier, MaxMessagesPerDay, MaxSandboxDuration),
    };
}

public sealed record ExecutionsUserList(IReadOnlyList<UserView> Users, long Total, int Offset, int Limit);

/// <summary>What is special in a user's rate limits.</summary>
public sealed record RateLimitSummary(bool BypassRateLimit, double GlobalMultiplier, bool HasCustomLimits);

/// <summary>A user's last 24 hours.</summary>
public sealed record ExecutionsUserOverview(
    UserView User, EventStatistics Stats, ExecutionEnds DerivedCounts, RateLimitSummary RateLimitSummary, IReadOnlyList<EventView> RecentEvents)
{
    public static ExecutionsUserOverview From(UserActivity activity)
    {
        var user = UserView.From(activity.Record.User, activity.Record.Limits);
        return new(
            user, activity.Statistics, activity.Ends, new RateLimitSummary(user.BypassRateLimit!.Value, user.GlobalMultiplier!.Value, user.HasCustomLimits!.Value), activity.RecentEvents);
    }
}
