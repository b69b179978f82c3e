using Platform.Data;

namespace Platform.RateLimits;

/// <summary>An operator's exceptions for one user. Sign-in, token, sensitive, mail and invitation classes are never loosened by it.</summary>
[PlatformScoped]
public sealed class UserLimits
{
    public required Guid UserId { get; init; }

    /// <summary>No rate limit at all.</summary>
    public bool Bypass { get; set; }

    /// <summary>Every limit times this.</summary>
    public double Multiplier { get; set; } = 1;

    public int? MaxMessagesPerDay { get; set; }

    /// <summary>Seconds.</summary>
    public int? MaxSandboxDuration { get; set; }

    public string? Notes { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
}
