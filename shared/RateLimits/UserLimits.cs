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

    /// <summary>Requests per window of single classes, by the class's word, in place of the default and untouched by the factor.</summary>
    public IReadOnlyDictionary<string, int>? Rules { get; set; }

    public int? MaxMessagesPerDay { get; set; }

    /// <summary>Minutes.</summary>
    public int? MaxSandboxDuration { get; set; }

    public string? Notes { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Differs from what everybody has.</summary>
    public bool IsCustom => Bypass || Multiplier != 1 || Rules is not null || MaxMessagesPerDay is not null || MaxSandboxDuration is not null;

    public void Apply(UserLimitsChange change, DateTimeOffset now)
    {
        (Bypass, Multiplier, UpdatedAt) = (change.Bypass ?? Bypass, change.Multiplier ?? Multiplier, now);
        (MaxMessagesPerDay, MaxSandboxDuration) = (change.MessagesPerDay(this), change.SandboxDuration(this));
    }
}
