using Microsoft.Extensions.Options;

namespace Platform.Identity;

/// <summary>The lengths of a session's life.</summary>
public sealed class SessionClock(IOptions<AuthOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan NotPersistent = TimeSpan.FromHours(24);

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>From sign-in to the end that no activity moves.</summary>
    public TimeSpan AbsoluteLife(bool persistent) => persistent ? TimeSpan.FromDays(options.Value.SessionAbsoluteDays) : NotPersistent;
}
