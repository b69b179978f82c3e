using Platform.Identity;
using Platform.RateLimits;

namespace Platform.Admin;

/// <summary>What an operator changes of a user; null leaves a member as it is. Already of valid form.</summary>
public sealed record UserChange
{
    public string? Username { get; init; }

    public string? Email { get; init; }

    public string? DisplayName { get; init; }

    /// <summary>Blank clears it, as it does <see cref="LastName"/>.</summary>
    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public PlatformRole? Role { get; init; }

    public bool? IsActive { get; init; }

    public string? Password { get; init; }

    public UserLimitsChange? Limits { get; init; }
}
