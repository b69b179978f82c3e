namespace Platform.Notifications;

/// <summary>Time zones by their IANA names.</summary>
public static class Zones
{
    public static bool IsKnown(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId;

    /// <summary>UTC for a zone that this machine does not know any more.</summary>
    internal static TimeZoneInfo Find(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
}
