using Platform.Data;

namespace Platform.Identity;

/// <summary>Failed sign-ins of one account (user id, or the hash of an unknown login text) or of one client address.</summary>
[PlatformScoped]
public sealed class SignInThrottle
{
    public required string Key { get; init; }

    public int Failures { get; set; }

    public DateTimeOffset WindowStart { get; set; }

    public DateTimeOffset? LockedUntil { get; set; }
}
