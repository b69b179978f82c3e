namespace Platform.RateLimits;

/// <summary>What an operator changes of a user's exceptions; null leaves a member as it is, and 0 for one of the last two brings the platform's value back.</summary>
/// <param name="MaxSandboxDuration">Minutes.</param>
public sealed record UserLimitsChange(bool? Bypass = null, double? Multiplier = null, int? MaxMessagesPerDay = null, int? MaxSandboxDuration = null)
{
    internal int? MessagesPerDay(UserLimits present) => Or(MaxMessagesPerDay, present.MaxMessagesPerDay);

    internal int? SandboxDuration(UserLimits present) => Or(MaxSandboxDuration, present.MaxSandboxDuration);

    private static int? Or(int? wanted, int? present) => wanted switch
    {
        null => present,
        0 => null,
        _ => wanted,
    };
}
