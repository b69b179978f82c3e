using Microsoft.Extensions.Options;
using Platform.Settings;

namespace Platform.Identity;

/// <summary>The lengths of a session's life.</summary>
public sealed class SessionClock(IOptions<AuthOptions> options, SystemSettingsStore settings, TimeProvider clock)
{
    private static readonly TimeSpan NotPersistent = TimeSpan.FromHours(24);

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The life of a JWT and its cookies, and so the time without activity after which a session is over.</summary>
    public async ValueTask<TimeSpan> IdleLifeAsync(CancellationToken ct) => TimeSpan.FromMinutes((await settings.GetAsync(ct)).SecuritySettings.SessionTimeoutMinutes);

    /// <summary>From sign-in to the end that no activity moves.</summary>
    public TimeSpan AbsoluteLife(bool persistent) => persistent ? TimeSpan.FromDays(options.Value.SessionAbsoluteDays) : NotPersistent;
}
